import { closeSync } from 'node:fs';
import { NbdInput } from './nbd-input.ts';
import { NbdNegotiation } from './nbd-negotiation.ts';
import { NbdOutput } from './nbd-output.ts';
import { SLICE_BYTES } from './nbd-slices.ts';
import { type NbdShared, NbdTransmission } from './nbd-transmission.ts';

const INPUT_BYTES = NbdInput.memoryBytes(SLICE_BYTES);
/** Slices of replies that may wait for the client while the next are made. */
const OUTPUT_SLICES = 4;
const OUTPUT_BYTES = OUTPUT_SLICES * (SLICE_BYTES + 64);
/** Answers to one option take less; nothing is negotiated while less than this is free. */
const OPTION_REPLY_BYTES = 8 * 1024;
/** Steps and bytes sent at most in one turn: then the next connection has its turn. */
const STEPS_PER_TURN = 64;
/** Replies are sent once this much has gathered, and before the connection waits. */
const FLUSH_BYTES = 16 * 1024;

/** Bytes of memory that a connection takes; aligned to 64. */
export const CONNECTION_BYTES = INPUT_BYTES + OUTPUT_BYTES;

/** One client: negotiation, then transmission, never waiting for it. */
export class NbdConnection {
  readonly fd: number;
  /** For the owner to reuse; wiped when the connection is closed. */
  readonly memory: Buffer;
  readonly #shared: NbdShared;
  readonly #input: NbdInput;
  readonly #output: NbdOutput;
  readonly #negotiation: NbdNegotiation;
  #transmission: NbdTransmission | undefined;
  #isEnding = false;
  #isClosed = false;
  #needsOutput = false;

  /**
   * @param fd - A connected socket; owned.
   * @param memory - `CONNECTION_BYTES` in the arena; borrowed until closed.
   */
  constructor(fd: number, memory: Buffer, shared: NbdShared) {
    this.fd = fd;
    this.memory = memory;
    this.#shared = shared;
    this.#input = new NbdInput(memory.subarray(0, INPUT_BYTES), fd);
    this.#output = new NbdOutput(memory.subarray(INPUT_BYTES, CONNECTION_BYTES), fd);
    this.#negotiation = new NbdNegotiation(shared.served);
    this.#output.append(this.#negotiation.greeting());
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get isNegotiating(): boolean {
    return this.#transmission === undefined;
  }

  /** Whether it waits for bytes of the client, or only for the client to take some. */
  get wantsInput(): boolean {
    return !this.#needsOutput && !this.#isEnding;
  }

  get hasOutput(): boolean {
    return this.#output.pendingBytes > 0;
  }

  /** Serves what can be served without waiting; returns whether anything was done. */
  turn(): boolean {
    const before = this.#output.pendingBytes;
    if (before > 0 && !this.#flush()) return true;
    let isActive = this.#output.pendingBytes !== before;
    for (let steps = 0; steps < STEPS_PER_TURN && !this.#isEnding; steps += 1) {
      this.#needsOutput = false;
      const outcome = this.#step();
      if (outcome === 'stop') break;
      isActive = true;
      if (this.#output.pendingBytes >= FLUSH_BYTES && !this.#flush()) return true;
    }
    const unsentBytes = this.#output.pendingBytes;
    if (unsentBytes > 0 && !this.#flush()) return true;
    // What waited for room has some now: no event would come to say so.
    if (this.#needsOutput && this.#output.pendingBytes < unsentBytes) isActive = true;
    if (this.#isEnding && this.#output.pendingBytes === 0) this.close();
    return isActive || this.#isClosed;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#transmission?.abandon();
    closeSync(this.fd);
    // SECURITY: plaintext does not outlive its connection.
    this.memory.fill(0);
  }

  #step(): 'go-on' | 'stop' {
    const outcome =
      this.#transmission === undefined ? this.#negotiate() : this.#transmission.step();
    switch (outcome) {
      case 'done':
        return 'go-on';
      case 'input':
      case 'payload':
        return this.#receive(outcome);
      case 'output':
        return this.#makeRoom();
      case 'goodbye':
        this.#isEnding = true;
        return 'go-on';
      case 'broken':
        this.close();
        return 'stop';
    }
  }

  /** Waits for nobody: replies go out before the client is asked for more. */
  #receive(kind: 'input' | 'payload'): 'go-on' | 'stop' {
    if (this.#output.pendingBytes > 0 && !this.#flush()) return 'stop';
    const received =
      kind === 'payload' && this.#transmission !== undefined
        ? this.#input.receivePayload(this.#transmission.wantedBytes)
        : this.#input.receiveRequests();
    if (received === 'some') return 'go-on';
    // A client that has shut its side down still gets the replies that it waits for.
    if (received === 'ended') this.#isEnding = true;
    return 'stop';
  }

  #makeRoom(): 'go-on' | 'stop' {
    const before = this.#output.pendingBytes;
    if (!this.#flush()) return 'stop';
    this.#needsOutput = this.#output.pendingBytes === before;
    return this.#needsOutput ? 'stop' : 'go-on';
  }

  #negotiate(): 'done' | 'input' | 'output' | 'goodbye' {
    if (this.#output.reserve(0, OPTION_REPLY_BYTES) < 0) return 'output';
    const { memory, at, availableBytes } = this.#input;
    const step = this.#negotiation.take(memory.subarray(at, at + availableBytes));
    this.#input.use(step.consumedBytes);
    this.#output.append(step.reply);
    if (step.next === 'close') return 'goodbye';
    if (step.next === 'transmission') {
      const agreed = this.#negotiation.agreement();
      this.#transmission = new NbdTransmission(this.#shared, agreed, this.#input, this.#output);
    }
    return step.consumedBytes === 0 ? 'input' : 'done';
  }

  #flush(): boolean {
    if (this.#output.flush()) return true;
    this.close();
    return false;
  }
}
