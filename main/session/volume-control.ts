import { type LoopControl, pokeLoop } from '../mount/loop-control.ts';

/**
 * Commands from the vault process to its volume worker: a bit each in the second word of the loop
 * control; the loop is poked, and the worker takes all bits at once. The first word is the loop's.
 */
const COMMAND_WORD = 1;

export const VOLUME_COMMANDS = { sync: 1, stop: 2, tune: 4 } as const;
type VolumeCommand = (typeof VOLUME_COMMANDS)[keyof typeof VOLUME_COMMANDS];

/** Asks the worker; what was asked before and not yet taken stays asked. */
export function sendCommand(control: LoopControl, command: VolumeCommand): void {
  Atomics.or(control.words, COMMAND_WORD, command);
  pokeLoop(control);
}

/** Takes everything asked for since the last call, as a set of bits. */
export function takeCommands(control: LoopControl): number {
  return Atomics.exchange(control.words, COMMAND_WORD, 0);
}
