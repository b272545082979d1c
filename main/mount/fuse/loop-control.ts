import { closeSync, writeSync } from 'node:fs';
import { MountError } from '../../../shared/errors/vault-error.ts';
import { lastErrno } from '../../system/libc.ts';
import { EVENTFD_FLAGS, fuseSyscalls } from './fuse-syscalls.ts';

const EVENT_BYTES = 8;

/**
 * How other threads of the process reach a serving loop: a word in shared memory that a busy loop
 * sees between two requests, and an eventfd that wakes an idle one. Plain data, so that it can be
 * handed to the worker as it is.
 */
export type LoopControl = Readonly<{ words: Int32Array; wakeFd: number }>;

/** Makes a control. Owned by the caller, who closes it with {@link closeLoopControl} after the loop. */
export function createLoopControl(): LoopControl {
  const wakeFd = fuseSyscalls().eventfd(0, EVENTFD_FLAGS);
  if (wakeFd < 0)
    throw new MountError('backend-denied', { operation: 'eventfd', errno: lastErrno() });
  return { words: new Int32Array(new SharedArrayBuffer(64)), wakeFd };
}

/** Makes the loop call its `onControl` soon: within microseconds if busy, under a millisecond if idle. */
export function pokeLoop(control: LoopControl): void {
  Atomics.add(control.words, 0, 1);
  const one = new Uint8Array(EVENT_BYTES);
  one[0] = 1;
  writeSync(control.wakeFd, one);
}

export function closeLoopControl(control: LoopControl): void {
  closeSync(control.wakeFd);
}
