import { closeSync, writeSync } from 'node:fs';
import { MountError } from '../../shared/errors/vault-error.ts';
import { lastErrno, libcFunction } from '../system/libc.ts';

/** `EFD_CLOEXEC | EFD_NONBLOCK`: no child may inherit the descriptor. */
const EVENTFD_FLAGS = 0o2000000 | 0o4000;
const EVENT_BYTES = 8;
const CONTROL_BYTES = 64;
const POKES = 0;
const ENDED = 15;

/**
 * How other threads of the process reach a serving loop: words in shared memory that a busy loop
 * looks at between two requests, and an eventfd that wakes an idle one. Plain data, so that it can
 * be handed to the worker as it is.
 *
 * Words: 0 counts the pokes, 15 is set once the loop must end; 1 to 14 are the owner's, for what it
 * wants to tell `onControl`.
 */
export type LoopControl = Readonly<{ words: Int32Array; wakeFd: number }>;

const exitHooks = new WeakMap<LoopControl, () => void>();

/**
 * Makes a control. To be called in the main thread, which closes it with {@link closeLoopControl}
 * after the worker has ended.
 *
 * Until then the end of the process ends the loop: Node waits for its workers, and one that sleeps
 * in a system call would keep a process that is exiting, or has crashed, around for ever.
 */
export function createLoopControl(): LoopControl {
  const eventfd = libcFunction<(initial: number, flags: number) => number>(
    'int eventfd(unsigned int initval, int flags)',
  );
  const wakeFd = eventfd(0, EVENTFD_FLAGS);
  if (wakeFd < 0) {
    throw new MountError('backend-denied', { operation: 'eventfd', errno: lastErrno() });
  }
  const control = { words: new Int32Array(new SharedArrayBuffer(CONTROL_BYTES)), wakeFd };
  const hook = (): void => endLoop(control);
  exitHooks.set(control, hook);
  process.on('exit', hook);
  return control;
}

/** Makes the loop call its `onControl` soon: in microseconds if busy, in a millisecond if idle. */
export function pokeLoop(control: LoopControl): void {
  Atomics.add(control.words, POKES, 1);
  const one = new Uint8Array(EVENT_BYTES);
  one[0] = 1;
  writeSync(control.wakeFd, one);
}

/** Makes the loop return `stopped` soon, without asking its `onControl`. The mount stays. */
export function endLoop(control: LoopControl): void {
  Atomics.store(control.words, ENDED, 1);
  pokeLoop(control);
}

/** Frees the control of a loop that has returned. */
export function closeLoopControl(control: LoopControl): void {
  const hook = exitHooks.get(control);
  if (hook !== undefined) process.off('exit', hook);
  closeSync(control.wakeFd);
}

/** For the loop: how often it has been poked. */
export function pokesOf(control: LoopControl): number {
  return Atomics.load(control.words, POKES);
}

/** For the loop: whether it must end. */
export function isLoopEnded(control: LoopControl): boolean {
  return Atomics.load(control.words, ENDED) !== 0;
}
