import {
  FREE_MARK,
  KANJI_MARK,
  LOWER_BASE,
  LOWER_EXTENSION,
  SHORT_NAME_BYTES,
} from './fat-layout.ts';

/** The 11 bytes of a short name and how it is shown. */
export type ShortName = Readonly<{
  bytes: Buffer;
  caseFlags: number;
  /** The name cannot be told from the short entry alone: long name slots are needed. */
  needsLongName: boolean;
}>;

const BASE_CHARACTERS = 8;
const SIMPLE_NAME = /^([A-Z0-9$%'\-_@~`!(){}^#&]{1,8})(?:\.([A-Z0-9$%'\-_@~`!(){}^#&]{1,3}))?$/i;
const NOT_ALLOWED = /[^A-Z0-9$%'\-_@~`!(){}^#&]/g;
/** Numbers tried before the tail is made from a hash, as Windows does. */
const PLAIN_TAILS = 4;
/** OEM code page 437, the upper half: what Linux decodes short names with by default. */
const CODE_PAGE_437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀' +
  'αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0';

/**
 * Returns the short name for a new long name.
 *
 * A name that is 8.3 in one case throughout gets a short entry alone, with the lower-case flags
 * that Windows NT introduced; any other gets an alias `BASE~N.EXT` beside its long name slots.
 *
 * @param isTaken - Tells whether a name in capitals (`NAME.EXT`) exists in the directory.
 */
export function makeShortName(name: string, isTaken: (key: string) => boolean): ShortName {
  const simple = SIMPLE_NAME.exec(name);
  if (simple !== null) {
    const [base, extension] = [simple[1] ?? '', simple[2] ?? ''];
    const bytes = pack(base.toUpperCase(), extension.toUpperCase());
    const flags = (isLower(base) ? LOWER_BASE : 0) | (isLower(extension) ? LOWER_EXTENSION : 0);
    const isUniform = isOneCase(base) && isOneCase(extension);
    if (isUniform) return { bytes, caseFlags: flags, needsLongName: false };
    if (!isTaken(name.toUpperCase())) return { bytes, caseFlags: 0, needsLongName: true };
  }
  return { bytes: makeAlias(name, isTaken), caseFlags: 0, needsLongName: true };
}

/** Returns the text of a short name; bytes that mean nothing become U+FFFD. */
export function readShortName(entry: Uint8Array, caseFlags: number): string {
  const base = decode(entry, 0, BASE_CHARACTERS);
  const extension = decode(entry, BASE_CHARACTERS, SHORT_NAME_BYTES);
  const shownBase = (caseFlags & LOWER_BASE) === 0 ? base : base.toLowerCase();
  if (extension === '') return shownBase;
  return `${shownBase}.${(caseFlags & LOWER_EXTENSION) === 0 ? extension : extension.toLowerCase()}`;
}

/** Returns the checksum by which long name slots know their short entry. */
export function shortNameChecksum(entry: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < SHORT_NAME_BYTES; i += 1) {
    sum = (((sum & 1) << 7) + (sum >> 1) + (entry[i] ?? 0)) & 0xff;
  }
  return sum;
}

function makeAlias(name: string, isTaken: (key: string) => boolean): Buffer {
  const capitals = name.toUpperCase().replace(/^\.+/, '').replaceAll(' ', '');
  const dot = capitals.lastIndexOf('.');
  const stem = dot > 0 ? capitals.slice(0, dot) : capitals;
  const base = stem.replaceAll('.', '').replace(NOT_ALLOWED, '_') || '_';
  const extension = (dot > 0 ? capitals.slice(dot + 1) : '').replace(NOT_ALLOWED, '_').slice(0, 3);
  const suffix = extension === '' ? '' : `.${extension}`;
  for (let number = 1; number <= PLAIN_TAILS; number += 1) {
    const alias = `${base.slice(0, 6)}~${number}`;
    if (!isTaken(alias + suffix)) return pack(alias, extension);
  }
  for (let hash = hashOf(name); ; hash = (hash + 1) % 2 ** 32) {
    const digits = (hash & 0xffff).toString(16).toUpperCase().padStart(4, '0');
    const alias = `${base.slice(0, 2)}${digits}~${1 + ((hash >>> 16) % 9)}`;
    if (!isTaken(alias + suffix)) return pack(alias, extension);
  }
}

/** FNV-1a over UTF-16 units. */
function hashOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193) >>> 0;
  }
  return hash;
}

function pack(base: string, extension: string): Buffer {
  const bytes = Buffer.alloc(SHORT_NAME_BYTES, ' ');
  bytes.write(base, 0, BASE_CHARACTERS, 'latin1');
  bytes.write(extension, BASE_CHARACTERS, 'latin1');
  return bytes;
}

function isLower(text: string): boolean {
  return text !== text.toUpperCase();
}

function isOneCase(text: string): boolean {
  return text === text.toUpperCase() || text === text.toLowerCase();
}

function decode(entry: Uint8Array, from: number, to: number): string {
  let text = '';
  let end = to;
  while (end > from && entry[end - 1] === 0x20) end -= 1;
  for (let i = from; i < end; i += 1) {
    const stored = entry[i] ?? 0;
    const byte = i === 0 && stored === KANJI_MARK ? FREE_MARK : stored;
    text += byte < 0x80 ? String.fromCharCode(byte) : (CODE_PAGE_437[byte - 0x80] ?? '\ufffd');
  }
  return text;
}
