/**
 * Linux's own asynchronous I/O, io_submit(2): one thread has several requests under way at a time.
 * With files opened past the cache (`O_DIRECT`) the storage sees them together; through the cache
 * the kernel serves each before the call returns.
 */
import { koffiBuffer } from './koffi-buffer.ts';
import { addressOf, EINTR, lastErrno, libcFunction } from './libc.ts';

/** Numbers of the calls, which no C library wraps: `io_setup`, `io_destroy`, `io_submit`, `io_getevents`. */
const CALLS: Readonly<
  Record<string, Readonly<{ setup: number; destroy: number; submit: number; getEvents: number }>>
> = {
  x64: { setup: 206, destroy: 207, submit: 209, getEvents: 208 },
  arm64: { setup: 0, destroy: 1, submit: 2, getEvents: 4 },
};

/** struct iocb: data u64 at 0, opcode u16 at 16, fd u32 at 20, buffer, length and offset u64 from 24. */
const IOCB_BYTES = 64;
const POINTER_BYTES = 8;
/** struct io_event: data u64 at 0, result i64 at 16. */
const EVENT_BYTES = 32;
const OPCODES = { read: 0, write: 1 } as const;

type Call = (number: number, ...values: unknown[]) => number;

export type AsyncRequest = Readonly<{
  direction: 'read' | 'write';
  fd: number;
  /** Borrowed until the request has ended; memory that never moves, such as an arena's. */
  view: Uint8Array;
  offsetBytes: number;
}>;

/** How a request ended: bytes moved, or the negative errno. */
export type AsyncOutcome = Readonly<{ slot: number; result: number }>;

/** Requests under way at a time, each in a slot of its own. */
export class AsyncIo implements Disposable {
  readonly depth: number;
  readonly #call: Call;
  readonly #numbers: (typeof CALLS)[string];
  readonly #context: number;
  readonly #blocks: ReturnType<typeof koffiBuffer>;
  readonly #pointers: ReturnType<typeof koffiBuffer>;
  readonly #events: ReturnType<typeof koffiBuffer>;

  private constructor(depth: number, call: Call, numbers: (typeof CALLS)[string], context: number) {
    this.depth = depth;
    this.#call = call;
    this.#numbers = numbers;
    this.#context = context;
    this.#blocks = koffiBuffer(depth * IOCB_BYTES);
    this.#pointers = koffiBuffer(depth * POINTER_BYTES);
    this.#events = koffiBuffer(depth * EVENT_BYTES);
  }

  /** @returns null where the system has no such calls, or does not let this process use them. */
  static open(depth: number): AsyncIo | null {
    const numbers = process.platform === 'linux' ? CALLS[process.arch] : undefined;
    if (numbers === undefined) return null;
    const call = libcFunction<Call>('long syscall(long number, ...)');
    const context = koffiBuffer(POINTER_BYTES);
    if (call(numbers.setup, 'long', depth, 'void *', context.pointer) !== 0) return null;
    return new AsyncIo(depth, call, numbers, Number(context.view.getBigUint64(0, true)));
  }

  /** Hands requests over, each to its slot, none of which may have one under way. @returns errno, or 0. */
  submit(requests: readonly (readonly [slot: number, request: AsyncRequest])[]): number {
    const base = addressOf(this.#blocks.pointer);
    requests.forEach(([slot, request], index) => {
      this.#fill(slot, request);
      const address = base + BigInt(slot * IOCB_BYTES);
      this.#pointers.view.setBigUint64(index * POINTER_BYTES, address, true);
    });
    let done = 0;
    while (done < requests.length) {
      const from = addressOf(this.#pointers.pointer) + BigInt(done * POINTER_BYTES);
      const count = this.#call(
        this.#numbers.submit,
        ...['long', this.#context, 'long', requests.length - done, 'uintptr_t', from],
      );
      if (count <= 0) return lastErrno();
      done += count;
    }
    return 0;
  }

  /** Waits until at least one request has ended. */
  wait(): readonly AsyncOutcome[] {
    const count = this.#call(
      this.#numbers.getEvents,
      ...['long', this.#context, 'long', 1, 'long', this.depth],
      ...['void *', this.#events.pointer, 'void *', null],
    );
    if (count < 0 && lastErrno() !== EINTR) {
      throw new Error(`io_getevents failed with errno ${lastErrno()}`);
    }
    const { view } = this.#events;
    return Array.from({ length: Math.max(0, count) }, (_, index) => ({
      slot: Number(view.getBigUint64(index * EVENT_BYTES, true)),
      result: Number(view.getBigInt64(index * EVENT_BYTES + 16, true)),
    }));
  }

  /** Waits for what is under way: afterwards no memory is touched any more. */
  [Symbol.dispose](): void {
    this.#call(this.#numbers.destroy, 'long', this.#context);
  }

  #fill(slot: number, { direction, fd, view, offsetBytes }: AsyncRequest): void {
    const at = slot * IOCB_BYTES;
    const block = this.#blocks.view;
    block.setBigUint64(at, BigInt(slot), true);
    block.setUint16(at + 16, OPCODES[direction], true);
    block.setUint32(at + 20, fd, true);
    block.setBigUint64(at + 24, addressOf(view), true);
    block.setBigUint64(at + 32, BigInt(view.length), true);
    block.setBigInt64(at + 40, BigInt(offsetBytes), true);
  }
}
