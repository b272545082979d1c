import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { CHEAP_KDF, type Lockline } from '../../support/run-lockline.ts';
import type { FioTarget } from './fio-job.ts';

/** Something that serves encrypted storage, ours or another's, while it is measured. */
export type Peer = Readonly<{
  name: string;
  target: FioTarget;
  isReadOnly?: boolean;
  stop: () => Promise<void>;
}>;

const SIZE_MIB = 1024;
const START_TIMEOUT_MS = 10_000;
const STEP_MS = 20;
const PASSPHRASE = 'peers';

async function waitForSocket(path: string): Promise<void> {
  for (let waitedMs = 0; !existsSync(path); waitedMs += STEP_MS) {
    if (waitedMs > START_TIMEOUT_MS) throw new Error(`no server at ${path}`);
    await sleep(STEP_MS);
  }
}

async function serveNbd(name: string, socket: string, command: readonly string[]): Promise<Peer> {
  const [program = '', ...args] = command;
  const child: ChildProcess = spawn(program, args, { stdio: 'ignore' });
  await waitForSocket(socket);
  const stop = async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill();
    await ended;
  };
  return { name, target: { uri: `nbd+unix:///?socket=${socket}` }, stop };
}

/** Our vault over NBD. */
export async function locklineNbd(lockline: Lockline): Promise<Peer> {
  const vault = lockline.folder.file('nbd-vault');
  const socket = lockline.folder.file('nbd.sock');
  const secret = ['--passphrase-file', lockline.passphraseFile(PASSPHRASE)];
  const size = `${SIZE_MIB + 16}M`;
  await lockline.json(['create', vault, '--size', size, '--fs', 'none', ...CHEAP_KDF, ...secret]);
  await lockline.json(['nbd', vault, '--socket', socket, ...secret]);
  return {
    name: 'lockline nbd',
    target: { uri: `nbd+unix:///?socket=${socket}` },
    stop: async () => {
      await lockline.json(['unmount', vault]);
    },
  };
}

/** A LUKS1 image, the only LUKS that QEMU and nbdkit open: AES-256-XTS, plain64. */
function makeLuks1(lockline: Lockline, name: string): string {
  const path = lockline.folder.file(name);
  execFileSync('truncate', ['-s', `${SIZE_MIB}M`, path]);
  const cipher = ['--cipher', 'aes-xts-plain64', '--key-size', '512', '--hash', 'sha256'];
  const keyfile = ['--key-file', lockline.passphraseFile(PASSPHRASE)];
  const cost = ['--pbkdf-force-iterations', '1000'];
  execFileSync('cryptsetup', [
    'luksFormat',
    '-q',
    '--type',
    'luks1',
    ...cipher,
    ...cost,
    ...keyfile,
    path,
  ]);
  return path;
}

export function qemuNbd(lockline: Lockline): Promise<Peer> {
  const image = makeLuks1(lockline, 'qemu.luks');
  const socket = lockline.folder.file('qemu.sock');
  const options = `driver=luks,key-secret=s,file.filename=${image}`;
  const secret = ['--object', `secret,id=s,data=${PASSPHRASE}`];
  return serveNbd('qemu-nbd (LUKS1)', socket, [
    ...['qemu-nbd', ...secret, '--image-opts', options],
    ...['-k', socket, '-t', '-e', '8', '--cache=writeback'],
  ]);
}

export function nbdkitLuks(lockline: Lockline): Promise<Peer> {
  const image = makeLuks1(lockline, 'nbdkit.luks');
  const socket = lockline.folder.file('nbdkit.sock');
  const file = ['file', image, `passphrase=${PASSPHRASE}`];
  const command = ['nbdkit', '-f', '-U', socket, '--filter=luks', ...file];
  return serveNbd('nbdkit --filter=luks', socket, command);
}

/** No encryption at all: the limit of the transport. */
export function nbdkitPlain(lockline: Lockline): Promise<Peer> {
  const image = lockline.folder.file('plain.img');
  writeFileSync(image, '');
  execFileSync('truncate', ['-s', `${SIZE_MIB}M`, image]);
  const socket = lockline.folder.file('plain.sock');
  return serveNbd('nbdkit file, plain', socket, ['nbdkit', '-f', '-U', socket, 'file', image]);
}

/** Our vault as a folder. */
export async function locklineFuse(lockline: Lockline): Promise<Peer> {
  const vault = lockline.folder.file('fuse-vault');
  const secret = ['--passphrase-file', lockline.passphraseFile(PASSPHRASE)];
  await lockline.json(['create', vault, '--size', `${SIZE_MIB}M`, ...CHEAP_KDF, ...secret]);
  const { mountPoint } = await lockline.json(['mount', vault, ...secret]);
  return {
    name: 'lockline',
    target: { file: `${String(mountPoint)}/file` },
    stop: async () => {
      await lockline.json(['unmount', vault]);
    },
  };
}

export async function gocryptfs(lockline: Lockline): Promise<Peer> {
  const [store, folder] = [
    lockline.folder.file('gocryptfs'),
    lockline.folder.file('gocryptfs-mount'),
  ];
  for (const path of [store, folder]) mkdirSync(path);
  const secret = ['-q', '-passfile', lockline.passphraseFile(PASSPHRASE)];
  execFileSync('gocryptfs', ['-init', ...secret, '-scryptn', '10', store], { stdio: 'ignore' });
  execFileSync('gocryptfs', [...secret, store, folder], { stdio: 'ignore' });
  return unmountable('gocryptfs', folder);
}

export async function securefs(lockline: Lockline): Promise<Peer> {
  const [store, folder] = [
    lockline.folder.file('securefs'),
    lockline.folder.file('securefs-mount'),
  ];
  for (const path of [store, folder]) mkdirSync(path);
  const keyfile = lockline.folder.file('securefs-key');
  writeFileSync(keyfile, randomBytes(32));
  const key = ['--keyfile', keyfile];
  execFileSync('securefs', ['create', ...key, '--pbkdf', 'argon2id', store], { stdio: 'ignore' });
  execFileSync('securefs', ['mount', '-b', ...key, store, folder], { stdio: 'ignore' });
  return unmountable('securefs', folder);
}

/**
 * The volume of a LUKS1 image as a file of a mount, for reading. `undefined` where the program cannot:
 * Debian 12's is built without FUSE, and ends by "stack smashing detected" on keys of 512 bits.
 */
export async function luksdemount(lockline: Lockline): Promise<Peer | undefined> {
  const image = makeLuks1(lockline, 'luksde.luks');
  const folder = lockline.folder.file('luksdemount-mount');
  mkdirSync(folder);
  const { stdout, stderr } = spawnSync('luksdemount', ['-p', PASSPHRASE, image, folder], {
    encoding: 'utf8',
  });
  if (existsSync(`${folder}/luksde1`))
    return { ...unmountable('luksdemount', folder, 'luksde1'), isReadOnly: true };
  const said = `${stdout}\n${stderr}`.trim().split('\n').at(-1);
  console.error(`luksdemount is left out: it says "${said}"`);
  return undefined;
}

function unmountable(name: string, folder: string, file = 'file'): Peer {
  return {
    name,
    target: { file: `${folder}/${file}` },
    stop: async () => {
      execFileSync('fusermount3', ['-u', folder]);
    },
  };
}
