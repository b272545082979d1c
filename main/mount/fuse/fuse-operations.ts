import {
  openDirectory,
  readDirectory,
  readDirectoryPlus,
  releaseDirectory,
} from './directory-operations.ts';
import {
  create,
  link,
  lookup,
  makeDirectory,
  makeNode,
  readLink,
  removeDirectory,
  rename,
  rename2,
  symlink,
  unlink,
} from './entry-operations.ts';
import {
  getExtendedAttribute,
  listExtendedAttributes,
  removeExtendedAttribute,
  setExtendedAttribute,
} from './extended-attribute-operations.ts';
import { allocate, open, read, release, seek, syncNode, write } from './file-operations.ts';
import { type Answer, type FuseContext, NO_REPLY } from './fuse-context.ts';
import { ERRNO } from './fuse-errno.ts';
import { negotiate } from './fuse-init.ts';
import { OPCODES } from './fuse-protocol.ts';
import {
  batchForget,
  forget,
  getAttributes,
  setAttributes,
  statFileSystem,
  syncFileSystem,
} from './node-operations.ts';

/** How one opcode is served: `effect` is what it may do to the volume. */
export type Operation = Readonly<{
  run: (context: FuseContext) => Answer;
  /** Shortest request that holds every field which `run` reads, names not included. */
  minimumBytes: number;
  effect: 'look' | 'change';
}>;

const HEADER = 40;

function look(run: Operation['run'], bodyBytes: number): Operation {
  return { run, minimumBytes: HEADER + bodyBytes, effect: 'look' };
}

function change(run: Operation['run'], bodyBytes: number): Operation {
  return { run, minimumBytes: HEADER + bodyBytes, effect: 'change' };
}

const done = (): Answer => 0;
const ignored = (): Answer => NO_REPLY;
const noTerminal = (): Answer => -ERRNO.ENOTTY;

/**
 * Every opcode that is served, by number. Any other is answered with `ENOSYS`, which makes the
 * kernel do without and not ask again: locks (it keeps them itself), FLUSH (a close promises
 * nothing that a write has not already done), BMAP, POLL, ACCESS. So are extended attributes and
 * LSEEK where the filesystem has none.
 *
 * INTERRUPT needs no answer: requests are served one after the other, so the one it names has been
 * answered before the interrupt is read.
 */
export const OPERATIONS: readonly (Operation | undefined)[] = tableOf([
  [OPCODES.init, look(negotiate, 16)],
  [OPCODES.destroy, look(done, 0)],
  [OPCODES.interrupt, look(ignored, 0)],
  [OPCODES.notifyReply, look(ignored, 0)],
  [OPCODES.ioctl, look(noTerminal, 0)],

  [OPCODES.lookup, look(lookup, 2)],
  [OPCODES.forget, look(forget, 8)],
  [OPCODES.batchForget, look(batchForget, 8)],
  [OPCODES.getattr, look(getAttributes, 0)],
  [OPCODES.setattr, change(setAttributes, 88)],
  [OPCODES.statfs, look(statFileSystem, 0)],
  [OPCODES.syncfs, look(syncFileSystem, 0)],

  [OPCODES.readlink, look(readLink, 0)],
  [OPCODES.symlink, change(symlink, 4)],
  [OPCODES.mknod, change(makeNode, 18)],
  [OPCODES.mkdir, change(makeDirectory, 10)],
  [OPCODES.create, change(create, 18)],
  [OPCODES.link, change(link, 10)],
  [OPCODES.unlink, change(unlink, 2)],
  [OPCODES.rmdir, change(removeDirectory, 2)],
  [OPCODES.rename, change(rename, 12)],
  [OPCODES.rename2, change(rename2, 20)],

  [OPCODES.open, look(open, 8)],
  [OPCODES.read, look(read, 20)],
  [OPCODES.write, change(write, 40)],
  [OPCODES.release, look(release, 0)],
  [OPCODES.fsync, look(syncNode, 0)],
  [OPCODES.fallocate, change(allocate, 28)],
  [OPCODES.lseek, look(seek, 20)],

  [OPCODES.getxattr, look(getExtendedAttribute, 10)],
  [OPCODES.listxattr, look(listExtendedAttributes, 8)],
  [OPCODES.setxattr, change(setExtendedAttribute, 10)],
  [OPCODES.removexattr, change(removeExtendedAttribute, 2)],

  [OPCODES.opendir, look(openDirectory, 0)],
  [OPCODES.readdir, look(readDirectory, 20)],
  [OPCODES.readdirplus, look(readDirectoryPlus, 20)],
  [OPCODES.releasedir, look(releaseDirectory, 0)],
  [OPCODES.fsyncdir, look(syncNode, 0)],
]);

function tableOf(
  rows: readonly (readonly [number, Operation])[],
): readonly (Operation | undefined)[] {
  const table: (Operation | undefined)[] = new Array(64).fill(undefined);
  for (const [opcode, operation] of rows) table[opcode] = operation;
  return table;
}
