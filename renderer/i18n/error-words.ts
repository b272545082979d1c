import { ERROR_CODES, type ErrorCode } from '../../shared/errors/codes.ts';
import { VaultError } from '../../shared/errors/vault-error.ts';
import { errorText } from './translate.ts';

export type ErrorWords = Readonly<{ title: string; advice: string }>;

/** What to do, where the general advice speaks to the command line. */
const WINDOW_ADVICE: Partial<Record<ErrorCode, string>> = {
  'file-exists': 'Choose another name or folder',
  'passphrase-missing': 'Type a passphrase or choose a keyfile',
  'unmount-busy': 'Close the files and programs that use it, then try again',
  'payload-invalid': 'Check what you typed',
  'sender-refused': 'Open the window again',
  'reencryption-in-progress': 'Finish it first with cryptsetup reencrypt, as root',
  'header-detached': 'Use the command line, which can be given header and data apart',
  'key-names-unsupported': 'Convert the vault to LUKS2 first, in its maintenance tab',
  'size-invalid': 'Give a size like 512M or 2G, at least 32 MiB',
};

/** Returns what happened and what to do about it, in words. */
export function errorWords(error: unknown): ErrorWords {
  const code = codeOf(error);
  const translated = errorText(code);
  if (translated !== undefined) return { title: translated[0], advice: translated[1] };
  const { message, advice } = ERROR_CODES[code];
  return { title: message, advice: WINDOW_ADVICE[code] ?? advice };
}

/** Returns the code of a thrown or received error; a stranger's is `internal`. */
export function codeOf(error: unknown): ErrorCode {
  if (error instanceof VaultError) return error.code;
  const code: unknown =
    typeof error === 'object' && error !== null && 'code' in error ? error.code : '';
  const isKnown = typeof code === 'string' && Object.hasOwn(ERROR_CODES, code);
  return isKnown ? (code as ErrorCode) : 'internal'; // checked by hasOwn
}
