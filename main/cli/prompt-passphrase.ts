import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
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

/** What ends a program from outside. Ctrl-C is a key here, and read as one. */
const END_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
/** Longest time without a look at signals: the terminal's own clock, in tenths of a second. */
const READ_TENTHS = 1;
/** A terminal that has gone answers at once with nothing, time after time. */
const GONE_READS = 20;
const GONE_MS = 20;

/**
 * Asks for a passphrase on the terminal, without echo, whatever standard input and output are.
 * Signals that end a program are waited for meanwhile: the terminal gets its echo back.
 *
 * @returns Owned by the caller; UTF-8 as the terminal sends it, without the newline.
 * @throws CredentialError `passphrase-missing` where there is no terminal; `passphrase-empty`;
 * `passphrase-too-long`. StateError `cancelled` on Ctrl-C, and with `signal` in its data on one.
 */
export async function promptPassphrase(question: string): Promise<SecretBytes> {
  const terminal = openTerminal();
  const ended = new AbortController();
  const end = (signal: NodeJS.Signals) => ended.abort(new StateError('cancelled', { signal }));
  for (const signal of END_SIGNALS) process.on(signal, end);
  const before = stty(terminal, ['-g']).trim();
  try {
    stty(terminal, ['-icanon', '-echo', '-isig', 'min', '0', 'time', String(READ_TENTHS)]);
    writeSync(terminal, question);
    return await readLine(terminal, ended.signal);
  } finally {
    for (const signal of END_SIGNALS) process.off(signal, end);
    putBack(terminal, before);
  }
}

/** Asks twice, for a new passphrase. @throws CredentialError `passphrase-mismatch` */
export async function promptNewPassphrase(): Promise<SecretBytes> {
  using first = await promptPassphrase('New passphrase: ');
  using second = await promptPassphrase('Repeat passphrase: ');
  if (Buffer.compare(first.bytes, second.bytes) !== 0) {
    throw new CredentialError('passphrase-mismatch');
  }
  return first.move();
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

/** The settings as they were; a terminal that was closed meanwhile has none any more. */
function putBack(terminal: number, settings: string): void {
  try {
    writeSync(terminal, '\n');
    stty(terminal, [settings]);
  } catch (error) {
    const isGone = error instanceof Error && 'code' in error && error.code === 'EIO';
    if (!isGone && !(error instanceof CredentialError)) throw error;
  } finally {
    closeSync(terminal);
  }
}

async function readLine(terminal: number, ended: AbortSignal): Promise<SecretBytes> {
  using line = SecretBytes.allocate(MAXIMUM_BYTES);
  let length = 0;
  for (;;) {
    const code = await readKey(terminal, ended);
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
  if (length === 0) throw new CredentialError('passphrase-empty');
  return SecretBytes.copyOf(line.bytes.subarray(0, length));
}

/** Waits for the next byte; between two looks signals are heard. */
async function readKey(terminal: number, ended: AbortSignal): Promise<number> {
  const key = new Uint8Array(1);
  for (let quickReads = 0; quickReads < GONE_READS; ) {
    // A signal is told in a turn of the event loop, and to its listener in the next.
    await setImmediate();
    await setImmediate();
    if (ended.aborted) forgetTyped(terminal, key);
    ended.throwIfAborted();
    const startedMs = performance.now();
    if (readByte(terminal, key)) {
      const code = key[0] ?? 0;
      key.fill(0);
      return code;
    }
    quickReads = performance.now() - startedMs < GONE_MS ? quickReads + 1 : 0;
  }
  throw new CredentialError('passphrase-missing', { reason: 'terminal-closed' });
}

/** What was typed and not read yet is not for the shell, which would show it. */
function forgetTyped(terminal: number, key: Uint8Array): void {
  for (let left = MAXIMUM_BYTES; left > 0 && readByte(terminal, key); ) left -= 1;
  key.fill(0);
}

function readByte(terminal: number, key: Uint8Array): boolean {
  try {
    return readSync(terminal, key, 0, 1, null) === 1;
  } catch (error) {
    const isGone = error instanceof Error && 'code' in error && error.code === 'EIO';
    if (!isGone) throw error;
    return false;
  }
}

/** Returns the length without the last UTF-8 character. */
function eraseLast(bytes: Uint8Array, length: number): number {
  let end = length - 1;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return Math.max(0, end);
}
