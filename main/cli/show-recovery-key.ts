import { closeSync, constants, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { DeviceError } from '../../shared/errors/vault-error.ts';
import { SecretBytes } from '../bytes/secret-bytes.ts';

const SPACE = 0x20;
const STANDARD_OUTPUT = 1;
const HEADING = 'Lockline recovery key: all 24 words, in this order\n\n';

/** A file with a recovery key. Disposing removes it unless it is to be kept. */
export type RecoveryFile = Disposable & Readonly<{ keep: () => void }>;

/**
 * Saves a recovery key in a new file of mode 0600, on stable storage before the key is stored: so no
 * cut leaves a recovery key that nobody has.
 *
 * @param words - Borrowed.
 * @throws DeviceError `file-exists`; `permission-denied`; `file-missing`
 */
export function saveRecoveryKey(path: string, words: SecretBytes): RecoveryFile {
  const fd = openNew(path);
  try {
    using sheet = formatWords(words);
    writeSync(fd, sheet.bytes);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  let isKept = false;
  return {
    keep: () => {
      isKept = true;
    },
    [Symbol.dispose]: () => {
      if (!isKept) rmSync(path, { force: true });
    },
  };
}

/** Prints a recovery key to standard output, once, without a string of it. `words`: borrowed. */
export function printRecoveryKey(words: SecretBytes): void {
  using sheet = formatWords(words);
  writeSync(STANDARD_OUTPUT, sheet.bytes);
}

function openNew(path: string): number {
  try {
    return openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  } catch (error) {
    const errno = error instanceof Error && 'code' in error ? String(error.code) : '';
    const codes = { EEXIST: 'file-exists', ENOENT: 'file-missing' } as const;
    const code = errno === 'EEXIST' || errno === 'ENOENT' ? codes[errno] : 'permission-denied';
    throw new DeviceError(code, { path, errno }, error);
  }
}

/** One numbered word a line. Owned by the caller. */
function formatWords(words: SecretBytes): SecretBytes {
  const heading = new TextEncoder().encode(HEADING);
  const count = words.bytes.filter((byte) => byte === SPACE).length + 1;
  const numberBytes = 4;
  using sheet = SecretBytes.allocate(heading.length + words.lengthBytes + count * numberBytes + 1);
  sheet.bytes.set(heading);
  let at = heading.length;
  const startLine = (line: number) => {
    sheet.bytes.set(new TextEncoder().encode(`${line}`.padStart(2, ' ').padEnd(numberBytes)), at);
    at += numberBytes;
  };
  let line = 1;
  startLine(line);
  for (const byte of words.bytes) {
    sheet.bytes[at] = byte === SPACE ? 0x0a : byte;
    at += 1;
    if (byte !== SPACE) continue;
    line += 1;
    startLine(line);
  }
  sheet.bytes[at] = 0x0a;
  return sheet.move();
}
