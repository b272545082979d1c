import { DeviceError } from '../../../shared/errors/vault-error.ts';
import { RequestTime } from '../../statistics/request-time.ts';
import type { StageClock } from '../../statistics/stage-clock.ts';
import { DIRECTION_INDEX } from '../../statistics/volume-statistics.ts';
import { NBD_COUNTERS } from './nbd-counters.ts';
import type { NbdExport } from './nbd-export.ts';
import type { NbdInput } from './nbd-input.ts';
import type { NbdAgreement } from './nbd-negotiation.ts';
import type { NbdOutput } from './nbd-output.ts';
import {
  COMMAND_FLAGS,
  DATA_CHUNK_HEADER_BYTES,
  NBD_COMMANDS,
  NBD_ERRORS,
  REQUEST_BYTES,
  SIMPLE_REPLY_BYTES,
} from './nbd-protocol.ts';
import {
  LONGEST_REPLY_BYTES,
  writeDataChunkHeader,
  writeDoneChunk,
  writeErrorChunk,
  writeSimpleReply,
  writeStatusChunk,
} from './nbd-reply.ts';
import { createRequest, parseRequest, refusalOf } from './nbd-request.ts';
import { nextSliceBytes, SLICE_BYTES, TRIM_SLICE_BYTES } from './nbd-slices.ts';

/** Hears of every request that failed for a fault of the storage or of ours. */
export type NbdFaultListener = (error: unknown, command: number) => void;

/** What the connections of one server share. */
export type NbdShared = Readonly<{
  served: NbdExport;
  counters: Float64Array;
  /** Times reads and writes. */
  clock: StageClock;
  onFault: NbdFaultListener;
  /** `SLICE_BYTES` of scratch in the arena: what is written in place of zeros. */
  zeros: Buffer;
}>;

/**
 * What a step came to: something was done; more input, a payload or room for output is needed
 * first; the client said good-bye; or the connection cannot go on.
 */
export type TransmissionStep = 'done' | 'input' | 'payload' | 'output' | 'goodbye' | 'broken';

/**
 * The transmission phase of one connection: requests in order, one at a time, in small steps.
 *
 * A step never waits. It moves at most one slice, between the memory of input or output and the
 * device, which transforms it there.
 */
export class NbdTransmission {
  readonly #shared: NbdShared;
  readonly #agreed: NbdAgreement;
  readonly #input: NbdInput;
  readonly #output: NbdOutput;
  readonly #request = createRequest();
  readonly #time = new RequestTime();
  #isBusy = false;
  /** Of the request that is being served: where it goes on, what is left, how it failed. */
  #offsetBytes = 0;
  #remainingBytes = 0;
  #error = 0;
  #isHeaderOut = false;
  /** How much of the payload must be there before the next step. */
  wantedBytes = 0;

  constructor(shared: NbdShared, agreed: NbdAgreement, input: NbdInput, output: NbdOutput) {
    this.#shared = shared;
    this.#agreed = agreed;
    this.#input = input;
    this.#output = output;
  }

  /** Serves the next piece of the request at hand, or begins the next one. */
  step(): TransmissionStep {
    const { clock } = this.#shared;
    clock.resume(this.#time);
    const outcome = this.#step();
    // Between two pieces other connections have their turn.
    if (this.#isBusy) clock.pause();
    else clock.end();
    return outcome;
  }

  /** The client is gone: what it asked for last has failed. */
  abandon(): void {
    this.#shared.clock.resume(this.#time);
    this.#shared.clock.end();
  }

  #step(): TransmissionStep {
    if (!this.#isBusy) {
      if (this.#input.availableBytes < REQUEST_BYTES) return 'input';
      const { memory, at } = this.#input;
      if (!parseRequest(memory, at, this.#request)) return 'broken';
      this.#input.use(REQUEST_BYTES);
      if (this.#request.type === NBD_COMMANDS.disconnect) return 'goodbye';
      this.#begin();
    }
    if (this.#request.type === NBD_COMMANDS.write) return this.#stepWrite();
    if (this.#error !== 0) return this.#reply();
    switch (this.#request.type) {
      case NBD_COMMANDS.read:
        return this.#stepRead();
      case NBD_COMMANDS.writeZeroes:
        return this.#stepZeroes();
      case NBD_COMMANDS.trim:
        return this.#stepTrim();
      case NBD_COMMANDS.flush:
        this.#attempt(() => this.#shared.served.device.flush());
        return this.#reply();
      default:
        return this.#reply();
    }
  }

  #begin(): void {
    const request = this.#request;
    this.#isBusy = true;
    this.#isHeaderOut = false;
    this.#offsetBytes = request.offsetBytes;
    this.#error = refusalOf(request, this.#shared.served, this.#agreed);
    // The payload of a write comes whether or not it is refused.
    const isMoving = this.#error === 0 || request.type === NBD_COMMANDS.write;
    this.#remainingBytes = isMoving ? request.lengthBytes : 0;
    const { counters, clock } = this.#shared;
    const { receivedMs } = this.#input;
    count(counters, NBD_COUNTERS.requests, 1);
    if (request.type === NBD_COMMANDS.read) {
      count(counters, NBD_COUNTERS.readRequests, 1);
      clock.begin(DIRECTION_INDEX.read, request.lengthBytes, receivedMs);
    }
    if (request.type === NBD_COMMANDS.write) {
      count(counters, NBD_COUNTERS.writeRequests, 1);
      clock.begin(DIRECTION_INDEX.write, request.lengthBytes, receivedMs);
    }
  }

  #stepRead(): TransmissionStep {
    if (this.#remainingBytes === 0 && !this.#isHeaderOut) return this.#reply();
    const lengthBytes = nextSliceBytes(this.#offsetBytes, this.#remainingBytes, SLICE_BYTES);
    const headerBytes = this.#readHeaderBytes();
    const at = this.#output.reserve(headerBytes, lengthBytes);
    if (at < 0) return 'output';
    const dataAt = at + headerBytes;
    const target = this.#output.memory.subarray(dataAt, dataAt + lengthBytes);
    const isRead = this.#attempt(() =>
      this.#shared.served.device.readInto(this.#offsetBytes, target),
    );
    // The length was promised already: the one way to say that it failed is to hang up.
    if (!isRead) return headerBytes === 0 ? 'broken' : this.#reply();
    if (headerBytes > 0) this.#writeReadHeader(at, lengthBytes);
    this.#output.commit(at, headerBytes + lengthBytes);
    count(this.#shared.counters, NBD_COUNTERS.readBytes, lengthBytes);
    this.#advance(lengthBytes);
    if (this.#remainingBytes === 0) this.#finish();
    return 'done';
  }

  /** Data that must come in one piece has one header; else each slice is a chunk of its own. */
  #isOnePiece(): boolean {
    const { flags } = this.#request;
    return !this.#agreed.isStructured || (flags & COMMAND_FLAGS.dontFragment) !== 0;
  }

  #readHeaderBytes(): number {
    if (this.#isHeaderOut && this.#isOnePiece()) return 0;
    return this.#agreed.isStructured ? DATA_CHUNK_HEADER_BYTES : SIMPLE_REPLY_BYTES;
  }

  #writeReadHeader(at: number, lengthBytes: number): void {
    const { memory } = this.#output;
    this.#isHeaderOut = true;
    if (!this.#agreed.isStructured) {
      writeSimpleReply(memory, at, this.#request, NBD_ERRORS.none);
      return;
    }
    const isOnePiece = this.#isOnePiece();
    writeDataChunkHeader(memory, at, this.#request, {
      offsetBytes: this.#offsetBytes,
      lengthBytes: isOnePiece ? this.#request.lengthBytes : lengthBytes,
      isLast: isOnePiece || lengthBytes === this.#remainingBytes,
    });
  }

  #stepWrite(): TransmissionStep {
    if (this.#remainingBytes === 0) return this.#finishChange();
    const { device } = this.#shared.served;
    if (this.#error !== 0) return this.#passOverPayload();
    const lengthBytes = nextSliceBytes(this.#offsetBytes, this.#remainingBytes, SLICE_BYTES);
    if (this.#input.availableBytes < lengthBytes) {
      this.wantedBytes = lengthBytes;
      return 'payload';
    }
    const { memory, at } = this.#input;
    const source = memory.subarray(at, at + lengthBytes);
    const isWritten = this.#attempt(() => device.writeFrom(this.#offsetBytes, source));
    if (isWritten) {
      count(this.#shared.counters, NBD_COUNTERS.writtenBytes, lengthBytes);
    }
    this.#input.use(lengthBytes);
    this.#advance(lengthBytes);
    return this.#remainingBytes === 0 ? this.#finishChange() : 'done';
  }

  #passOverPayload(): TransmissionStep {
    const lengthBytes = Math.min(this.#input.availableBytes, this.#remainingBytes);
    if (lengthBytes === 0) {
      this.wantedBytes = Math.min(this.#remainingBytes, SLICE_BYTES);
      return 'payload';
    }
    this.#input.use(lengthBytes);
    this.#advance(lengthBytes);
    return 'done';
  }

  #stepZeroes(): TransmissionStep {
    if (this.#remainingBytes === 0) return this.#finishChange();
    const { served, zeros } = this.#shared;
    const lengthBytes = nextSliceBytes(this.#offsetBytes, this.#remainingBytes, SLICE_BYTES);
    // A device may leave ciphertext in what it wrote.
    zeros.fill(0, 0, lengthBytes);
    const source = zeros.subarray(0, lengthBytes);
    const isWritten = this.#attempt(() => served.device.writeFrom(this.#offsetBytes, source));
    if (!isWritten) return this.#reply();
    count(this.#shared.counters, NBD_COUNTERS.writtenBytes, lengthBytes);
    this.#advance(lengthBytes);
    return 'done';
  }

  #stepTrim(): TransmissionStep {
    if (this.#remainingBytes === 0) return this.#finishChange();
    const { device } = this.#shared.served;
    const lengthBytes = nextSliceBytes(this.#offsetBytes, this.#remainingBytes, TRIM_SLICE_BYTES);
    if (!this.#attempt(() => device.discard(this.#offsetBytes, lengthBytes))) return this.#reply();
    this.#advance(lengthBytes);
    return 'done';
  }

  /** Ends a change: with FUA it is on stable storage before the client hears of it. */
  #finishChange(): TransmissionStep {
    // Reserved first: a change that was flushed must not be flushed again for want of room.
    if (this.#output.reserve(LONGEST_REPLY_BYTES, 0) < 0) return 'output';
    const isForced = (this.#request.flags & COMMAND_FLAGS.fua) !== 0;
    if (isForced && this.#error === 0) this.#attempt(() => this.#shared.served.device.flush());
    return this.#reply();
  }

  #advance(lengthBytes: number): void {
    this.#offsetBytes += lengthBytes;
    this.#remainingBytes -= lengthBytes;
  }

  /** Writes the reply that ends a request, but for the data of a READ that went well. */
  #reply(): TransmissionStep {
    const at = this.#output.reserve(LONGEST_REPLY_BYTES, 0);
    if (at < 0) return 'output';
    this.#output.commit(at, this.#writeReply(at));
    this.#finish();
    return 'done';
  }

  #finish(): void {
    this.#isBusy = false;
    if (this.#error === 0) this.#shared.clock.succeed(this.#request.lengthBytes);
  }

  #writeReply(at: number): number {
    const { memory } = this.#output;
    const request = this.#request;
    const { read, blockStatus } = NBD_COMMANDS;
    const isChunk =
      this.#agreed.isStructured && (request.type === read || request.type === blockStatus);
    if (!isChunk) return writeSimpleReply(memory, at, request, this.#error);
    if (this.#error !== 0) return writeErrorChunk(memory, at, request, this.#error);
    if (request.type === blockStatus) return writeStatusChunk(memory, at, request);
    return writeDoneChunk(memory, at, request);
  }

  /** Runs an action on the device; where it fails, the request fails. */
  #attempt(action: () => void): boolean {
    try {
      action();
      return true;
    } catch (error) {
      this.#error = errnoOf(error);
      count(this.#shared.counters, NBD_COUNTERS.faults, 1);
      this.#shared.onFault(error, this.#request.type);
      return false;
    }
  }
}

function count(counters: Float64Array, counter: number, amount: number): void {
  counters[counter] = (counters[counter] ?? 0) + amount;
}

function errnoOf(error: unknown): number {
  if (!(error instanceof DeviceError)) return NBD_ERRORS.inputOutput;
  if (error.code === 'no-space') return NBD_ERRORS.noSpace;
  return error.code === 'read-only' ? NBD_ERRORS.notPermitted : NBD_ERRORS.inputOutput;
}
