import { FuseContext } from '../../../main/mount/fuse/fuse-context.ts';
import { FUSE_COUNTER_COUNT } from '../../../main/mount/fuse/fuse-counters.ts';
import { serveRequest } from '../../../main/mount/fuse/fuse-dispatcher.ts';
import { FuseFrame } from '../../../main/mount/fuse/fuse-frame.ts';
import {
  IN_HEADER_BYTES,
  OPCODES,
  OUT_HEADER_BYTES,
} from '../../../main/mount/fuse/fuse-protocol.ts';
import { MemoryFileSystem } from '../../support/memory-file-system.ts';
import type { MemoryFileSystemOptions } from '../../support/memory-node.ts';

export type Reply = Readonly<{ errno: number; body: Buffer }>;

/** A dispatcher over a filesystem in memory, fed with hand-made requests instead of a kernel. */
export type Bench = Readonly<{
  fileSystem: MemoryFileSystem;
  context: FuseContext;
  faults: unknown[];
  /** Sends a well-formed header and this body; `undefined` where nothing is replied. */
  send(opcode: number, node: number, body?: Uint8Array): Reply | undefined;
  /** Sends raw bytes, of which the kernel claims to have written `lengthBytes`. */
  sendRaw(bytes: Uint8Array, lengthBytes?: number): Reply | undefined;
}>;

const UNIQUE = 0x1_0000_0007n;

export function makeBench(
  options: MemoryFileSystemOptions = {},
  access: 'read-only' | 'read-write' = 'read-write',
): Bench {
  const fileSystem = new MemoryFileSystem(options);
  const frame = new FuseFrame((lengthBytes) => Buffer.alloc(lengthBytes));
  const counters = new Float64Array(FUSE_COUNTER_COUNT);
  const context = new FuseContext({ fileSystem, frame, counters, access });
  const faults: unknown[] = [];
  const sendRaw = (bytes: Uint8Array, lengthBytes = bytes.length): Reply | undefined => {
    frame.request.set(bytes);
    const replyBytes = serveRequest(context, lengthBytes, (error) => faults.push(error));
    if (replyBytes === 0) return undefined;
    const reply = Buffer.from(frame.reply.subarray(0, replyBytes));
    if (reply.readUInt32LE(0) !== replyBytes) throw new RangeError('length field differs');
    return { errno: Math.abs(reply.readInt32LE(4)), body: reply.subarray(OUT_HEADER_BYTES) };
  };
  const send = (opcode: number, node: number, body: Uint8Array = new Uint8Array()) =>
    sendRaw(Buffer.concat([header(opcode, node, IN_HEADER_BYTES + body.length), body]));
  return { fileSystem, context, faults, send, sendRaw };
}

/** As {@link makeBench}, with INIT done. */
export function makeReadyBench(...parameters: Parameters<typeof makeBench>): Bench {
  const bench = makeBench(...parameters);
  bench.send(OPCODES.init, 0, initBody());
  return bench;
}

export function header(opcode: number, node: number, lengthBytes: number): Buffer {
  const bytes = Buffer.alloc(IN_HEADER_BYTES);
  bytes.writeUInt32LE(lengthBytes, 0);
  bytes.writeUInt32LE(opcode, 4);
  bytes.writeBigUInt64LE(UNIQUE, 8);
  bytes.writeBigUInt64LE(BigInt(node), 16);
  return bytes;
}

export function initBody(major = 7, minor = 45, flags = 0xffff_ffff): Buffer {
  return fields([4, major], [4, minor], [4, 131_072], [4, flags], [4, 0]);
}

/** Packs little-endian integers given as width in bytes and value. */
export function fields(...values: readonly (readonly [4 | 8, number])[]): Buffer {
  return Buffer.concat(
    values.map(([width, value]) => {
      const bytes = Buffer.alloc(width);
      if (width === 4) bytes.writeUInt32LE(value >>> 0);
      else bytes.writeBigInt64LE(BigInt(value));
      return bytes;
    }),
  );
}

/** A NUL-terminated name. */
export function name(text: string): Buffer {
  return Buffer.from(`${text}\0`);
}
