import { MountError } from '../../../shared/errors/vault-error.ts';
import type { FileSystem } from '../../filesystem/file-system.ts';
import type { StageClock } from '../../statistics/stage-clock.ts';
import { EAGAIN, EINTR, ENODEV, ENOENT, lastErrno } from '../../system/libc.ts';
import { isLoopEnded, type LoopControl, pokesOf } from '../loop-control.ts';
import { SpinBudget } from '../spin-budget.ts';
import type { FuseConnection } from './fuse-connection.ts';
import { FuseContext } from './fuse-context.ts';
import { FUSE_COUNTER_COUNT, FUSE_COUNTERS } from './fuse-counters.ts';
import { type FaultListener, serveRequest } from './fuse-dispatcher.ts';
import { type Allocate, FuseFrame } from './fuse-frame.ts';
import { type FuseSyscalls, fuseSyscalls, POLLIN } from './fuse-syscalls.ts';

const POLLFD_BYTES = 8;
const POLLFD = { events: 4, revents: 6 } as const;
const EVENT_BYTES = 8;
/** Reads between two looks at the clock while spinning, and requests between two while busy. */
const SPINS_PER_LOOK = 4;
const REQUESTS_PER_LOOK = 64;
const FOR_EVER_MS = -1;
/** Stands for "no request" in {@link FaultListener}: the background work failed. */
const NO_OPCODE = 0;

/** Why serving ended: the mount is gone, or the loop was told to stop (the mount is still there). */
export type ServeExit = 'unmounted' | 'stopped';

/** What the owner of a served mount hands in. */
export type ServeOptions = Readonly<{
  /** Hands out the two buffers; about 2 MiB. Usually from the vault's arena. */
  allocate: Allocate;
  control: LoopControl;
  /** At least `FUSE_COUNTER_COUNT` long; usually over shared memory. @see FUSE_COUNTERS */
  counters?: Float64Array;
  /** Times reads and writes; the layers below say which stage they are in. */
  clock?: StageClock;
  /** What the kernel may read ahead of programs; null: as much as it likes. */
  readAheadBytes?: number | null;
  /** Called once, when the folder is usable. */
  onReady?: () => void;
  /** Called between two requests after another thread poked the loop. */
  onControl?: () => 'continue' | 'stop';
  /** Called for each request that failed for a fault of the storage or of ours. */
  onFault?: FaultListener;
  /** Called at the end where programs' mapped memory could not be written, and none has asked. */
  onLostWrite?: (error: unknown) => void;
  /** Work that follows requests at most so often: write-back of dirty blocks. Not called when idle. */
  background?: Readonly<{ everyMs: number; run: () => void }>;
}>;

/**
 * Serves a mounted filesystem until it is unmounted; blocks the thread.
 *
 * One request at a time: read without blocking, spin briefly where that pays, else sleep in poll(2)
 * on the FUSE descriptor and the control's eventfd. Idle it uses no CPU at all. On return every
 * handle is closed and every reference given back; the filesystem is neither synced nor disposed.
 *
 * @throws {@link MountError} `backend-denied` where the descriptor fails in an unexpected way.
 */
export function serveFuse(
  connection: FuseConnection,
  fileSystem: FileSystem,
  options: ServeOptions,
): ServeExit {
  return new FuseLoop(connection, fileSystem, options).run();
}

class FuseLoop {
  readonly #fd: number;
  readonly #options: ServeOptions;
  readonly #context: FuseContext;
  readonly #calls: FuseSyscalls = fuseSyscalls();
  readonly #spin = new SpinBudget();
  readonly #pollSet = Buffer.alloc(2 * POLLFD_BYTES);
  readonly #event = Buffer.alloc(EVENT_BYTES);
  readonly #onFault: FaultListener;
  #controlSeen: number;
  #isAnnounced = false;
  #servedSinceBackground = false;
  #backgroundDueMs = 0;
  #sleptAtMs = 0;

  constructor(connection: FuseConnection, fileSystem: FileSystem, options: ServeOptions) {
    this.#fd = connection.fd;
    this.#options = options;
    const counters = options.counters ?? new Float64Array(FUSE_COUNTER_COUNT);
    const access = connection.isReadOnly ? 'read-only' : 'read-write';
    this.#context = new FuseContext({
      fileSystem,
      frame: new FuseFrame(options.allocate),
      counters,
      access,
      clock: options.clock,
      readAheadBytes: options.readAheadBytes,
    });
    this.#onFault = options.onFault ?? (() => undefined);
    // A poke that came before the loop began is served in its first turn.
    this.#controlSeen = 0;
    this.#pollSet.writeInt32LE(connection.fd, 0);
    this.#pollSet.writeInt16LE(POLLIN, POLLFD.events);
    this.#pollSet.writeInt32LE(options.control.wakeFd, POLLFD_BYTES);
    this.#pollSet.writeInt16LE(POLLIN, POLLFD_BYTES + POLLFD.events);
  }

  run(): ServeExit {
    try {
      return this.#serve();
    } finally {
      for (const error of this.#context.lostWrites.values()) this.#options.onLostWrite?.(error);
      this.#context.counts.releaseAll();
      // SECURITY: plaintext of the last requests does not outlive the mount.
      this.#context.frame.request.fill(0);
      this.#context.frame.reply.fill(0);
    }
  }

  #serve(): ServeExit {
    let served = 0;
    for (;;) {
      if (this.#isStopped()) return 'stopped';
      const lengthBytes = this.#readNext();
      if (lengthBytes === 0) return 'unmounted';
      if (lengthBytes > 0) {
        this.#handle(lengthBytes);
        served += 1;
        if (served % REQUESTS_PER_LOOK === 0) this.#runBackground(performance.now());
      }
    }
  }

  /** Returns the length of a request, 0 when the mount is gone, -1 to take another turn. */
  #readNext(): number {
    const lengthBytes = this.#tryRead();
    if (lengthBytes !== -1) return lengthBytes;
    const startMs = performance.now();
    const budgetMs = this.#spin.next(startMs);
    if (budgetMs > 0) {
      const found = this.#spinFor(startMs, budgetMs);
      if (found !== -1) return found;
    }
    this.#sleep();
    return -1;
  }

  #spinFor(startMs: number, budgetMs: number): number {
    const { control } = this.#options;
    let nowMs = startMs;
    while (nowMs - startMs < budgetMs) {
      for (let look = 0; look < SPINS_PER_LOOK; look += 1) {
        const lengthBytes = this.#tryRead();
        if (lengthBytes === -1) continue;
        this.#spin.hit();
        return lengthBytes;
      }
      if (pokesOf(control) !== this.#controlSeen) return -1;
      nowMs = performance.now();
    }
    this.#spin.miss(nowMs, nowMs - startMs, budgetMs);
    return -1;
  }

  #tryRead(): number {
    const { request } = this.#context.frame;
    const lengthBytes = this.#calls.read(this.#fd, request, request.length);
    if (lengthBytes > 0) {
      if (this.#sleptAtMs !== 0) this.#noteWake();
      return lengthBytes;
    }
    const errno = lastErrno();
    if (errno === EAGAIN || errno === EINTR) return -1;
    // ENOENT: the request was withdrawn before it was read.
    if (errno === ENOENT) return -1;
    if (errno === ENODEV || lengthBytes === 0) return 0;
    throw new MountError('backend-denied', { operation: 'read', errno });
  }

  #noteWake(): void {
    this.#spin.woke(performance.now() - this.#sleptAtMs);
    this.#sleptAtMs = 0;
  }

  #handle(lengthBytes: number): void {
    const context = this.#context;
    const replyBytes = serveRequest(context, lengthBytes, this.#onFault);
    this.#servedSinceBackground = true;
    if (replyBytes > 0) {
      // The one failure is ENOENT: the caller was killed, so nobody holds what was granted.
      const written = this.#calls.write(this.#fd, context.frame.reply, replyBytes);
      if (written < 0) context.counts.revoke();
    }
    context.clock.end();
    if (context.isInitialised && !this.#isAnnounced) {
      this.#isAnnounced = true;
      this.#options.onReady?.();
    }
  }

  #sleep(): void {
    const nowMs = performance.now();
    this.#runBackground(nowMs);
    const isDue = this.#servedSinceBackground && this.#options.background !== undefined;
    const timeoutMs = isDue ? Math.max(1, Math.ceil(this.#backgroundDueMs - nowMs)) : FOR_EVER_MS;
    this.#context.count(FUSE_COUNTERS.sleeps, 1);
    this.#sleptAtMs = performance.now();
    this.#calls.poll(this.#pollSet, 2, timeoutMs);
    if (this.#pollSet.readInt16LE(POLLFD_BYTES + POLLFD.revents) !== 0) {
      this.#calls.read(this.#options.control.wakeFd, this.#event, EVENT_BYTES);
    }
  }

  #isStopped(): boolean {
    const { control } = this.#options;
    const seen = pokesOf(control);
    if (seen === this.#controlSeen) return false;
    this.#controlSeen = seen;
    return isLoopEnded(control) || this.#options.onControl?.() === 'stop';
  }

  #runBackground(nowMs: number): void {
    const { background } = this.#options;
    if (background === undefined || !this.#servedSinceBackground) return;
    if (this.#backgroundDueMs === 0) this.#backgroundDueMs = nowMs + background.everyMs;
    if (nowMs < this.#backgroundDueMs) return;
    this.#servedSinceBackground = false;
    this.#backgroundDueMs = 0;
    try {
      background.run();
    } catch (error) {
      this.#onFault(error, NO_OPCODE);
    }
  }
}
