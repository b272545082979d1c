import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { CredentialError, StateError } from '../../shared/errors/vault-error.ts';
import { SecretBytes } from '../bytes/secret-bytes.ts';

const MAXIMUM_BYTES = 512;
const KEYS = {
  interrupt: 0x03,
  endOfInput: 0x04,
  backspace: 0x08,
  newline: 0x0a,
  carriageReturn: 0x0d,
  eraseLine: 0x15,
  delete: 0x7f,
} as const;

/**
 * Asks for a passphrase on the terminal, without echo, whatever standard input and output are.
 *
 * @returns Owned by the caller; UTF-8 as the terminal sends it, without the newline.
 * @throws CredentialError `passphrase-missing` where there is no terminal; `passphrase-empty`;
 * `passphrase-too-long`. StateError `cancelled` on Ctrl-C.
 */
export function promptPassphrase(question: string): SecretBytes {
  const terminal = openTerminal();
  const before = stty(terminal, ['-g']).trim();
  stty(terminal, ['-icanon', '-echo', '-isig', 'min', '1', 'time', '0']);
  try {
    writeSync(terminal, question);
    return readLine(terminal);
  } finally {
    writeSync(terminal, '\n');
    stty(terminal, [before]);
    closeSync(terminal);
  }
}

/** Asks twice, for a new passphrase. @throws CredentialError `passphrase-mismatch` */
export function promptNewPassphrase(): SecretBytes {
  const first = promptPassphrase('New passphrase: ');
  try {
    using second = promptPassphrase('Repeat passphrase: ');
    if (Buffer.compare(first.bytes, second.bytes) !== 0) {
      throw new CredentialError('passphrase-mismatch');
    }
    return first;
  } catch (error) {
    first[Symbol.dispose]();
    throw error;
  }
}

function openTerminal(): number {
  try {
    return openSync('/dev/tty', 'r+');
  } catch (error) {
    throw new CredentialError('passphrase-missing', {}, error);
  }
}

function stty(terminal: number, settings: readonly string[]): string {
  const { status, stdout } = spawnSync('/bin/stty', settings, {
    stdio: [terminal, 'pipe', 'ignore'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new CredentialError('passphrase-missing', { reason: 'stty' });
  return stdout;
}

function readLine(terminal: number): SecretBytes {
  using line = SecretBytes.allocate(MAXIMUM_BYTES);
  const key = new Uint8Array(1);
  let length = 0;
  while (readSync(terminal, key, 0, 1, null) === 1) {
    const code = key[0] ?? 0;
    if (code === KEYS.newline || code === KEYS.carriageReturn || code === KEYS.endOfInput) break;
    if (code === KEYS.interrupt) throw new StateError('cancelled');
    if (code === KEYS.eraseLine) length = 0;
    else if (code === KEYS.backspace || code === KEYS.delete)
      length = eraseLast(line.bytes, length);
    else if (length === MAXIMUM_BYTES) throw new CredentialError('passphrase-too-long');
    else {
      line.bytes[length] = code;
      length += 1;
    }
  }
  key.fill(0);
  if (length === 0) throw new CredentialError('passphrase-empty');
  return SecretBytes.copyOf(line.bytes.subarray(0, length));
}

/** Returns the length without the last UTF-8 character. */
function eraseLast(bytes: Uint8Array, length: number): number {
  let end = length - 1;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return Math.max(0, end);
}
