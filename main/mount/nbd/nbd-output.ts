import { EAGAIN, EINTR, lastErrno } from '../../system/libc.ts';
import { addressOf, type NbdSyscalls, nbdSyscalls, SEND_FLAGS } from './nbd-syscalls.ts';

const ALIGN_BYTES = 64;
/** Data from this length on is worth a send of its own, so that it can lie aligned. */
const LARGE_BYTES = 32 * 1024;

/**
 * What one connection has still to send: a ring of reply headers, each directly before its data,
 * in memory in which the device below transforms in place. Fixed size: where it is full, the
 * connection waits.
 */
export class NbdOutput {
  readonly memory: Buffer;
  readonly #calls: NbdSyscalls = nbdSyscalls();
  readonly #address: number;
  readonly #fd: number;
  /** Runs of bytes to send, in order: start and end of each. Neighbours are merged. */
  readonly #runs: { start: number; end: number }[] = [];
  #pendingBytes = 0;

  /** @param memory - Borrowed as long as this lives; aligned to 64 bytes, in memory that never moves. */
  constructor(memory: Buffer, fd: number) {
    this.memory = memory;
    this.#address = addressOf(memory);
    this.#fd = fd;
  }

  /** Bytes handed in and not yet sent. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /**
   * Finds room for a header and the data behind it. Large data comes to lie aligned; small data
   * right behind what is pending, so that one send takes both.
   *
   * @returns Position of the header in `memory`; -1 where there is no room until more is sent.
   * Nothing is taken before {@link commit}.
   */
  reserve(headerBytes: number, dataBytes: number): number {
    const first = this.#runs[0];
    const last = this.#runs[this.#runs.length - 1];
    if (first === undefined || last === undefined) return ALIGN_BYTES - headerBytes;
    const lengthBytes = headerBytes + dataBytes;
    const isLarge = dataBytes >= LARGE_BYTES;
    const at = isLarge ? alignedFor(last.end, headerBytes) : last.end;
    if (last.end > first.start) {
      if (at + lengthBytes <= this.memory.length) return at;
      const wrapped = ALIGN_BYTES - headerBytes;
      return wrapped + lengthBytes < first.start ? wrapped : -1;
    }
    return at + lengthBytes < first.start ? at : -1;
  }

  /** Hands in the bytes at a reserved position. */
  commit(at: number, lengthBytes: number): void {
    const last = this.#runs[this.#runs.length - 1];
    if (last !== undefined && last.end === at) last.end += lengthBytes;
    else this.#runs.push({ start: at, end: at + lengthBytes });
    this.#pendingBytes += lengthBytes;
  }

  /** Copies bytes in; `false` where there is no room. */
  append(bytes: Buffer): boolean {
    if (bytes.length === 0) return true;
    const at = this.reserve(0, bytes.length);
    if (at < 0 || at + bytes.length > this.memory.length) return false;
    bytes.copy(this.memory, at);
    this.commit(at, bytes.length);
    return true;
  }

  /** Sends as much as the client takes now; `false` where the client is gone. */
  flush(): boolean {
    for (;;) {
      const run = this.#runs[0];
      if (run === undefined) return true;
      const lengthBytes = run.end - run.start;
      const sent = this.#calls.send(this.#fd, this.#address + run.start, lengthBytes, SEND_FLAGS);
      if (sent < 0) {
        const errno = lastErrno();
        if (errno === EINTR) continue;
        return errno === EAGAIN;
      }
      this.#pendingBytes -= sent;
      run.start += sent;
      if (sent === lengthBytes) this.#runs.shift();
      else return true;
    }
  }
}

/** The first position from `at` on behind which data after a header lies aligned. */
function alignedFor(at: number, headerBytes: number): number {
  return Math.ceil((at + headerBytes) / ALIGN_BYTES) * ALIGN_BYTES - headerBytes;
}
