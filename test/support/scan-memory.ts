import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

const CHUNK_BYTES = 4 << 20;

/**
 * Counts where a byte string lies in the writable memory of a process. Needs root: the processes
 * that hold secrets are not dumpable.
 *
 * @see proc(5), /proc/PID/maps and /proc/PID/mem
 */
export function countInMemory(processId: number, needle: Uint8Array): number {
  const maps = readFileSync(`/proc/${processId}/maps`, 'utf8').split('\n');
  const memory = openSync(`/proc/${processId}/mem`, 'r');
  let hits = 0;
  try {
    for (const line of maps) {
      const match = /^([0-9a-f]+)-([0-9a-f]+) .w/.exec(line);
      if (match === null || line.endsWith('[vvar]')) continue;
      hits += countInRange(memory, BigInt(`0x${match[1]}`), BigInt(`0x${match[2]}`), needle);
    }
  } finally {
    closeSync(memory);
  }
  return hits;
}

function countInRange(memory: number, start: bigint, end: bigint, needle: Uint8Array): number {
  const buffer = Buffer.alloc(CHUNK_BYTES + needle.length);
  let hits = 0;
  for (let at = start; at < end; at += BigInt(CHUNK_BYTES)) {
    const wanted = Math.min(buffer.length, Number(end - at));
    let length: number;
    try {
      length = readSync(memory, buffer, 0, wanted, at);
    } catch {
      return hits; // memory that cannot be read (guard pages, devices) holds nothing
    }
    const chunk = buffer.subarray(0, length);
    for (let hit = chunk.indexOf(needle); hit !== -1 && hit < CHUNK_BYTES; ) {
      hits += 1;
      hit = chunk.indexOf(needle, hit + 1);
    }
  }
  return hits;
}
