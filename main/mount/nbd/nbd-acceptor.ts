import { closeSync } from 'node:fs';
import { EAGAIN, EINTR, lastErrno } from '../../system/libc.ts';
import { isAllowedPeer, tuneSocket } from './nbd-peer.ts';
import { type NbdSyscalls, nbdSyscalls, SOCKET_FLAGS } from './nbd-syscalls.ts';

const ECONNABORTED = 103;
/** After the system had no descriptor or memory for a client: how long until the next look. */
const PAUSE_MS = 100;
const FOR_EVER_MS = -1;

/** Takes clients from listening sockets, and leaves them alone for a while where it cannot. */
export class NbdAcceptor {
  readonly #calls: NbdSyscalls = nbdSyscalls();
  readonly #listeners: readonly number[];
  #pausedUntilMs = 0;

  /** @param listeners - Sockets that do not block; owned. */
  constructor(listeners: readonly number[]) {
    this.#listeners = listeners;
  }

  /** The sockets to wait for and for how long, milliseconds: none during a pause, else for ever. */
  waiting(): Readonly<{ listeners: readonly number[]; timeoutMs: number }> {
    const isPaused = performance.now() < this.#pausedUntilMs;
    return isPaused
      ? { listeners: [], timeoutMs: PAUSE_MS }
      : { listeners: this.#listeners, timeoutMs: FOR_EVER_MS };
  }

  /** Hands over every waiting client: a connected socket that does not block, owned by `take`. */
  acceptAll(take: (fd: number) => void): void {
    for (const listener of this.#listeners) {
      for (;;) {
        const fd = this.#accept(listener);
        if (fd === undefined) break;
        take(fd);
      }
    }
  }

  close(): void {
    for (const listener of this.#listeners) closeSync(listener);
  }

  #accept(listener: number): number | undefined {
    for (;;) {
      const fd = this.#calls.accept4(listener, null, null, SOCKET_FLAGS);
      if (fd < 0) {
        const errno = lastErrno();
        if (errno === EINTR || errno === ECONNABORTED) continue;
        if (errno !== EAGAIN) this.#pausedUntilMs = performance.now() + PAUSE_MS;
        return undefined;
      }
      if (isAllowedPeer(fd)) {
        tuneSocket(fd);
        return fd;
      }
      closeSync(fd);
    }
  }
}
