import { closeSync } from 'node:fs';
import { StageClock } from '../../statistics/stage-clock.ts';
import { createSharedStatistics, viewStatistics } from '../../statistics/volume-statistics.ts';
import { isLoopEnded, type LoopControl, pokesOf } from '../loop-control.ts';
import { SpinBudget } from '../spin-budget.ts';
import { NbdAcceptor } from './nbd-acceptor.ts';
import { CONNECTION_BYTES, NbdConnection } from './nbd-connection.ts';
import { NBD_COUNTER_COUNT, NBD_COUNTERS } from './nbd-counters.ts';
import type { NbdExport } from './nbd-export.ts';
import { SLICE_BYTES } from './nbd-slices.ts';
import { type NbdSyscalls, nbdSyscalls, POLLIN, POLLOUT } from './nbd-syscalls.ts';
import type { NbdFaultListener, NbdShared } from './nbd-transmission.ts';

const MAXIMUM_CONNECTIONS = 32;
const POLLFD_BYTES = 8;
const POLLFD = { events: 4, revents: 6 } as const;
const EVENT_BYTES = 8;
/** Rounds between two looks for new connections while the loop is busy. */
const ROUNDS_PER_ACCEPT = 64;

/** Bytes of arena that a server takes, with room for alignment. Pages never used cost nothing. */
export const NBD_ARENA_BYTES = MAXIMUM_CONNECTIONS * (CONNECTION_BYTES + 64) + SLICE_BYTES + 64;

export type NbdServeOptions = Readonly<{
  served: NbdExport;
  /** Listening sockets that do not block; closed when serving ends. */
  listeners: readonly number[];
  /** Hands out aligned memory in which the device transforms in place. @see NBD_ARENA_BYTES */
  allocate: (lengthBytes: number) => Buffer;
  control: LoopControl;
  /** At least `NBD_COUNTER_COUNT` long; usually over shared memory. @see NBD_COUNTERS */
  counters?: Float64Array;
  /** Times reads and writes; the layers below say which stage they are in. */
  clock?: StageClock;
  /** Called between two rounds after another thread poked the loop. */
  onControl?: () => 'continue' | 'stop';
  onFault?: NbdFaultListener;
}>;

/**
 * Serves a volume by the NBD protocol until told to stop; blocks the thread.
 *
 * One thread, no queue: connections have turns, and what one is asked is done at once, in place.
 * With nothing to do the loop spins briefly where that pays, then sleeps in poll(2). On return every
 * socket is closed and every buffer wiped; the device is neither flushed nor disposed.
 */
export function serveNbd(options: NbdServeOptions): void {
  new NbdServer(options).run();
}

class NbdServer {
  readonly #options: NbdServeOptions;
  readonly #calls: NbdSyscalls = nbdSyscalls();
  readonly #shared: NbdShared;
  readonly #counters: Float64Array;
  readonly #acceptor: NbdAcceptor;
  readonly #spin = new SpinBudget();
  readonly #event = Buffer.alloc(EVENT_BYTES);
  readonly #pollSet: Buffer;
  readonly #spareMemory: Buffer[] = [];
  #connections: NbdConnection[] = [];
  #controlSeen = 0;
  #sleptAtMs = 0;

  constructor(options: NbdServeOptions) {
    this.#options = options;
    this.#acceptor = new NbdAcceptor(options.listeners);
    this.#counters = options.counters ?? new Float64Array(NBD_COUNTER_COUNT);
    this.#shared = {
      served: options.served,
      counters: this.#counters,
      clock: options.clock ?? new StageClock(viewStatistics(createSharedStatistics())),
      onFault: options.onFault ?? (() => undefined),
      zeros: options.allocate(SLICE_BYTES),
    };
    const places = 1 + options.listeners.length + MAXIMUM_CONNECTIONS;
    this.#pollSet = Buffer.alloc(places * POLLFD_BYTES);
  }

  run(): void {
    try {
      this.#serve();
    } finally {
      for (const connection of this.#connections) connection.close();
      this.#acceptor.close();
      this.#counters[NBD_COUNTERS.connections] = 0;
    }
  }

  #serve(): void {
    for (let rounds = 0; !this.#isStopped(); rounds += 1) {
      if (rounds % ROUNDS_PER_ACCEPT === 0) this.#acceptAll();
      if (this.#round()) {
        if (this.#sleptAtMs !== 0) this.#noteWake();
      } else if (!this.#spinForWork()) this.#sleep();
    }
  }

  /** Gives each connection its turn; returns whether anything was done. */
  #round(): boolean {
    let isActive = false;
    let isAnyClosed = false;
    for (const connection of this.#connections) {
      if (connection.turn()) isActive = true;
      if (connection.isClosed) isAnyClosed = true;
    }
    if (isAnyClosed) this.#dropClosed();
    return isActive;
  }

  #spinForWork(): boolean {
    if (this.#connections.length === 0) return false;
    const startMs = performance.now();
    const budgetMs = this.#spin.next(startMs);
    if (budgetMs === 0) return false;
    let nowMs = startMs;
    while (nowMs - startMs < budgetMs) {
      if (this.#round()) {
        this.#spin.hit();
        return true;
      }
      if (pokesOf(this.#options.control) !== this.#controlSeen) return true;
      nowMs = performance.now();
    }
    this.#spin.miss(nowMs, nowMs - startMs, budgetMs);
    return false;
  }

  #noteWake(): void {
    this.#spin.woke(performance.now() - this.#sleptAtMs);
    this.#sleptAtMs = 0;
  }

  #sleep(): void {
    const { listeners, timeoutMs } = this.#acceptor.waiting();
    const places = this.#fillPollSet(listeners);
    this.#counters[NBD_COUNTERS.sleeps] = (this.#counters[NBD_COUNTERS.sleeps] ?? 0) + 1;
    this.#sleptAtMs = performance.now();
    this.#calls.poll(this.#pollSet, places, timeoutMs);
    if (this.#pollSet.readInt16LE(POLLFD.revents) !== 0) {
      this.#calls.read(this.#options.control.wakeFd, this.#event, EVENT_BYTES);
    }
    this.#acceptAll();
  }

  #fillPollSet(listeners: readonly number[]): number {
    let place = 0;
    const add = (fd: number, events: number) => {
      this.#pollSet.writeInt32LE(fd, place * POLLFD_BYTES);
      this.#pollSet.writeInt16LE(events, place * POLLFD_BYTES + POLLFD.events);
      this.#pollSet.writeInt16LE(0, place * POLLFD_BYTES + POLLFD.revents);
      place += 1;
    };
    add(this.#options.control.wakeFd, POLLIN);
    for (const listener of listeners) add(listener, POLLIN);
    for (const { fd, wantsInput, hasOutput } of this.#connections) {
      add(fd, (wantsInput ? POLLIN : 0) | (hasOutput ? POLLOUT : 0));
    }
    return place;
  }

  #acceptAll(): void {
    this.#acceptor.acceptAll((fd) => this.#take(fd));
  }

  #take(fd: number): void {
    if (!this.#hasPlace()) {
      closeSync(fd);
      return;
    }
    const memory = this.#spareMemory.pop() ?? this.#options.allocate(CONNECTION_BYTES);
    this.#connections.push(new NbdConnection(fd, memory, this.#shared));
    this.#countConnections();
  }

  /** A client that never finished negotiating gives way to the next. */
  #hasPlace(): boolean {
    if (this.#connections.length < MAXIMUM_CONNECTIONS) return true;
    this.#connections.find(({ isNegotiating }) => isNegotiating)?.close();
    this.#dropClosed();
    return this.#connections.length < MAXIMUM_CONNECTIONS;
  }

  #dropClosed(): void {
    for (const { isClosed, memory } of this.#connections) {
      if (isClosed) this.#spareMemory.push(memory);
    }
    this.#connections = this.#connections.filter(({ isClosed }) => !isClosed);
    this.#countConnections();
  }

  #countConnections(): void {
    this.#counters[NBD_COUNTERS.connections] = this.#connections.length;
  }

  #isStopped(): boolean {
    const { control } = this.#options;
    const seen = pokesOf(control);
    if (seen === this.#controlSeen) return false;
    this.#controlSeen = seen;
    return isLoopEnded(control) || this.#options.onControl?.() === 'stop';
  }
}
