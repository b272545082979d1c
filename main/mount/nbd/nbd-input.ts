import { EAGAIN, EINTR, lastErrno } from '../../system/libc.ts';
import { REQUEST_BYTES } from './nbd-protocol.ts';
import { addressOf, MSG_DONTWAIT, type NbdSyscalls, nbdSyscalls } from './nbd-syscalls.ts';

const ALIGN_BYTES = 64;
/** Where a request is received: its payload then lies aligned, to be encrypted in place. */
const REQUEST_AT = ALIGN_BYTES - REQUEST_BYTES;

/** What a look for more bytes brought. */
export type Received = 'some' | 'none' | 'ended';

/** What one connection has received and not yet used: as many requests as one call brings. */
export class NbdInput {
  readonly memory: Buffer;
  readonly #calls: NbdSyscalls = nbdSyscalls();
  readonly #address: number;
  readonly #fd: number;
  /** Position in `memory` of the first byte not yet used. */
  at = REQUEST_AT;
  #end = REQUEST_AT;
  /** When the last bytes came, as `performance.now()` tells. */
  receivedMs = 0;

  /** @param memory - Borrowed as long as this lives; aligned to 64 bytes, in memory that never moves. */
  constructor(memory: Buffer, fd: number) {
    this.memory = memory;
    this.#address = addressOf(memory);
    this.#fd = fd;
  }

  /** Bytes of memory for payloads of up to `payloadBytes` at a time. */
  static memoryBytes(payloadBytes: number): number {
    return ALIGN_BYTES + payloadBytes;
  }

  get availableBytes(): number {
    return this.#end - this.at;
  }

  /** Marks bytes as used. */
  use(lengthBytes: number): void {
    this.at += lengthBytes;
  }

  /** Receives requests, with whatever follows them. */
  receiveRequests(): Received {
    this.#moveTo(REQUEST_AT);
    return this.#receive(this.memory.length - this.#end);
  }

  /** Receives until `wantedBytes` of a payload are there, and no byte more: they lie aligned. */
  receivePayload(wantedBytes: number): Received {
    this.#moveTo(ALIGN_BYTES);
    return this.#receive(wantedBytes - this.availableBytes);
  }

  #moveTo(position: number): void {
    if (this.at === position) return;
    if (this.at < this.#end) this.memory.copyWithin(position, this.at, this.#end);
    this.#end = position + this.availableBytes;
    this.at = position;
  }

  #receive(maximumBytes: number): Received {
    const address = this.#address + this.#end;
    const count = this.#calls.recv(this.#fd, address, maximumBytes, MSG_DONTWAIT);
    if (count > 0) {
      this.receivedMs = performance.now();
      this.#end += count;
      return 'some';
    }
    if (count === 0) return 'ended';
    const errno = lastErrno();
    return errno === EAGAIN || errno === EINTR ? 'none' : 'ended';
  }
}
