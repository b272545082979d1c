import { randomFillSync } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { Arena } from '../../../main/bytes/arena.ts';
import { createNativeProvider } from '../../../main/crypto/xts-native.ts';

/** Looks for a key in the whole writable memory of this process, before and after it is wiped. */

const KEY_BYTES = 64;
/** The tweak key begins here, and the first round keys of its schedule are the key itself. */
const TWEAK_KEY_AT = 32;
const CHUNK_BYTES = 16 * 1024 * 1024;

/** The tweak key with every bit turned, so that the search does not find itself. */
const turned = new Uint8Array(KEY_BYTES - TWEAK_KEY_AT);

function matchesAt(chunk: Buffer, at: number): boolean {
  for (let i = 0; i < turned.length; i += 1)
    if (((chunk[at + i] ?? 0) ^ (turned[i] ?? 0)) !== 0xff) return false;
  return true;
}

function isInChunk(chunk: Buffer): boolean {
  const first = (turned[0] ?? 0) ^ 0xff;
  for (let at = chunk.indexOf(first); at >= 0; at = chunk.indexOf(first, at + 1))
    if (matchesAt(chunk, at)) return true;
  return false;
}

/** Reads every writable mapping but the buffer that it reads into. */
function isInMemory(): boolean {
  const fd = openSync('/proc/self/mem', 'r');
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let isFound = false;
  for (const line of readFileSync('/proc/self/maps', 'latin1').split('\n')) {
    const match = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line);
    if (match === null) continue;
    const end = Number.parseInt(match[2] ?? '', 16);
    for (let at = Number.parseInt(match[1] ?? '', 16); at < end; at += CHUNK_BYTES - 64) {
      chunk.fill(0);
      try {
        const count = readSync(fd, chunk, 0, Math.min(CHUNK_BYTES, end - at), at);
        isFound ||= isInChunk(chunk.subarray(0, count));
      } catch {
        // A mapping that went away or cannot be read holds nothing of ours.
      }
      chunk.fill(0);
    }
  }
  closeSync(fd);
  return isFound;
}

const arena = new Arena(64 * 1024);
const provider = createNativeProvider(arena);

function open(): Disposable {
  const key = randomFillSync(new Uint8Array(KEY_BYTES));
  for (let i = 0; i < turned.length; i += 1) turned[i] = (key[TWEAK_KEY_AT + i] ?? 0) ^ 0xff;
  const transform = provider.createTransform('decrypt', key, 512);
  transform.apply(0, 512, 0);
  key.fill(0);
  return transform;
}

const transform = open();
const whileOpen = isInMemory();
transform[Symbol.dispose]();
const afterDispose = isInMemory();

let dropped: Disposable | undefined = open();
const whileOpenAgain = dropped !== undefined && isInMemory();
dropped = undefined;
for (let i = 0; i < 5; i += 1) {
  globalThis.gc?.();
  await setTimeout(10);
}
const afterCollection = isInMemory();
console.log(JSON.stringify({ whileOpen, afterDispose, whileOpenAgain, afterCollection }));
