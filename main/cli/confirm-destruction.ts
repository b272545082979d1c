import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { ContractError, StateError } from '../../shared/errors/vault-error.ts';
import { DESTROY_WORDS } from '../../shared/model/keys.ts';

const MAXIMUM_BYTES = 256;

/**
 * Makes sure that somebody means to destroy a vault: by the option, or typed on the terminal.
 *
 * @param words - What `--confirm` says.
 * @param warning - What is going to happen, for the terminal.
 * @throws ContractError `confirmation-wrong`
 */
export function confirmDestruction(words: string | undefined, warning: string): void {
  const given = words ?? askOnTerminal(`${warning}\nType "${DESTROY_WORDS}" to go on: `);
  if (given.trim() !== DESTROY_WORDS) throw new ContractError('confirmation-wrong');
}

/** Tells whether the option says the words. @throws ContractError where it says others. */
export function isConfirmed(words: string | undefined): boolean {
  if (words === undefined) return false;
  confirmDestruction(words, '');
  return true;
}

/**
 * Runs what refuses to remove the last key; where it does, asks for the words and runs it again.
 *
 * @param words - What `--confirm` says.
 */
export async function withLastKeyConfirmed<T>(
  words: string | undefined,
  remove: (mayBeLast: boolean) => Promise<T>,
): Promise<T> {
  const mayBeLast = isConfirmed(words);
  try {
    return await remove(mayBeLast);
  } catch (error) {
    const isLast = error instanceof StateError && error.code === 'last-keyslot';
    if (!isLast || !hasTerminal()) throw error;
    confirmDestruction(undefined, 'This is the last key: nothing will open the vault any more.');
    return await remove(true);
  }
}

/** Asks on the terminal whether a header is to be replaced. @throws ContractError `confirmation-wrong` */
export function confirmRestore(preview: string): void {
  const answer = askOnTerminal(`${preview}\nType "restore" to go on: `);
  if (answer.trim() !== 'restore')
    throw new ContractError('confirmation-wrong', { option: '--yes' });
}

function hasTerminal(): boolean {
  return process.stdin.isTTY === true;
}

/** Asks on the terminal and returns the line. @throws ContractError `confirmation-wrong` without one. */
export function askOnTerminal(question: string): string {
  let terminal: number;
  try {
    terminal = openSync('/dev/tty', 'r+');
  } catch (error) {
    throw new ContractError('confirmation-wrong', {}, error);
  }
  try {
    writeSync(terminal, question);
    const line = new Uint8Array(MAXIMUM_BYTES);
    const count = readSync(terminal, line, 0, MAXIMUM_BYTES, null);
    return new TextDecoder().decode(line.subarray(0, count));
  } finally {
    closeSync(terminal);
  }
}
