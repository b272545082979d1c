import { FileSystemError } from '../file-system-error.ts';
import { MAXIMUM_NAME_UNITS } from './fat-layout.ts';

/**
 * Long names: UTF-8 outside, UTF-16 on the volume, compared without regard to case.
 *
 * What is refused is what Linux's vfat refuses: control characters, `* ? < > | " : / \`, a space
 * at the end. Dots at the end are dropped; a name of dots alone does not exist (ENOENT).
 */

const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const REPLACEMENT = '\ufffd';
const BAD_CHARACTER = /[*?<>|":/\\]/;
const FIRST_PRINTABLE = 0x20;
const UNSAFE_OUTSIDE = /[/\0]/g;
const ASCII_ONLY = /^[\0-\x7f]*$/;

/**
 * Returns the name of an entry that is to be made.
 *
 * @throws FileSystemError `EINVAL` for what vfat refuses, `ENAMETOOLONG` over 255 UTF-16 units,
 * `ENOENT` where nothing is left without the dots at the end.
 */
export function parseNewName(bytes: Uint8Array): string {
  const name = decode(bytes);
  if (name === undefined) throw new FileSystemError('EINVAL');
  const stripped = stripDots(name);
  if (stripped === '') throw new FileSystemError('ENOENT');
  if (stripped.length > MAXIMUM_NAME_UNITS) throw new FileSystemError('ENAMETOOLONG');
  const isBad = BAD_CHARACTER.test(stripped) || hasControl(stripped) || stripped.endsWith(' ');
  if (isBad) throw new FileSystemError('EINVAL');
  return stripped;
}

/**
 * Returns the key under which a name that is asked for would be found.
 *
 * @throws FileSystemError `ENAMETOOLONG`; `ENOENT` where no entry can have such a name.
 */
export function parseLookupKey(bytes: Uint8Array): string {
  const name = decode(bytes);
  if (name === undefined) throw new FileSystemError('ENOENT');
  const stripped = stripDots(name);
  if (stripped.length > MAXIMUM_NAME_UNITS) throw new FileSystemError('ENAMETOOLONG');
  if (stripped === '') throw new FileSystemError('ENOENT');
  return foldCase(stripped);
}

/** Returns a name found on a volume in a form that can be shown and asked for again. */
export function sanitizeName(name: string): string {
  return name.toWellFormed().replace(UNSAFE_OUTSIDE, REPLACEMENT);
}

/** Folds case as FAT drivers do: one unit to one unit, so that "ß" stays itself. */
export function foldCase(name: string): string {
  if (ASCII_ONLY.test(name)) return name.toUpperCase();
  let folded = '';
  for (const character of name) {
    const upper = character.toUpperCase();
    const isFoldable = upper.length === character.length && (upper > '\x7f' || character <= '\x7f');
    folded += isFoldable ? upper : character;
  }
  return folded;
}

function hasControl(name: string): boolean {
  for (let i = 0; i < name.length; i += 1) {
    if (name.charCodeAt(i) < FIRST_PRINTABLE) return true;
  }
  return false;
}

function decode(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  if (!text.includes(REPLACEMENT)) return text;
  try {
    return strictDecoder.decode(new Uint8Array(bytes)); // a copy: the decoder refuses shared memory
  } catch {
    return undefined;
  }
}

function stripDots(name: string): string {
  let end = name.length;
  while (end > 0 && name[end - 1] === '.') end -= 1;
  return end === name.length ? name : name.slice(0, end);
}
