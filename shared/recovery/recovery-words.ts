/**
 * The recovery key: 256 random bits as 24 English words, the last of which carries a checksum.
 *
 * The keyslot's passphrase is the words in lower case with single spaces between them, as ASCII:
 * whoever types that line opens the vault with any LUKS program. Words and keys are handled as bytes
 * here, so that no string of a whole key exists where none is asked for.
 *
 * @see BIP 39: entropy of 256 bits, checksum of 8 bits, English word list
 */

import { sha256 } from '@noble/hashes/sha2.js';
import { wordlist } from '@scure/bip39/wordlists/english.js';

export const RECOVERY_WORD_COUNT = 24;
/** Bytes of randomness in a recovery key. */
export const RECOVERY_ENTROPY_BYTES = 32;

const WORD_BITS = 11;
const SPACE = 0x20;
/** Words differ from each other in their first four letters. */
const UNIQUE_LETTERS = 4;

/** What is wrong with words that were typed. `wordNumber` counts from 1. */
export type RecoveryDefect =
  | Readonly<{ kind: 'word-wrong'; wordNumber: number }>
  | Readonly<{ kind: 'word-count'; count: number }>
  | Readonly<{ kind: 'checksum' }>;

/**
 * Returns the words for 32 random bytes as the keyslot's passphrase.
 *
 * @param entropy - Borrowed: {@link RECOVERY_ENTROPY_BYTES}.
 * @returns ASCII bytes. Owned by the caller, who wipes them.
 */
export function encodeRecoveryKey(entropy: Uint8Array): Uint8Array<ArrayBuffer> {
  const indices = new Uint16Array(RECOVERY_WORD_COUNT);
  const bits = new Uint8Array(RECOVERY_ENTROPY_BYTES + 1);
  bits.set(entropy);
  const checksum = sha256(entropy);
  bits[RECOVERY_ENTROPY_BYTES] = checksum[0] ?? 0;
  for (let index = 0; index < RECOVERY_WORD_COUNT; index += 1) indices[index] = bitsAt(bits, index);
  const passphrase = joinWords(indices);
  for (const secret of [bits, checksum, indices]) secret.fill(0);
  return passphrase;
}

/**
 * Reads words that were typed: any case, any white space, and no more than the first four letters of
 * a word are needed.
 *
 * @param typed - Borrowed.
 * @returns The keyslot's passphrase, which the caller wipes; or what is wrong.
 */
export function parseRecoveryKey(
  typed: Uint8Array,
): Readonly<{ passphrase: Uint8Array<ArrayBuffer> }> | Readonly<{ defect: RecoveryDefect }> {
  const indices = new Uint16Array(RECOVERY_WORD_COUNT);
  let count = 0;
  for (const { start, end } of wordRanges(typed)) {
    if (count < RECOVERY_WORD_COUNT) {
      const index = findWord(typed.subarray(start, end));
      if (index < 0) return { defect: { kind: 'word-wrong', wordNumber: count + 1 } };
      indices[count] = index;
    }
    count += 1;
  }
  if (count !== RECOVERY_WORD_COUNT) return { defect: { kind: 'word-count', count } };
  const isValid = hasChecksum(indices);
  const passphrase = joinWords(indices);
  indices.fill(0);
  if (isValid) return { passphrase };
  passphrase.fill(0);
  return { defect: { kind: 'checksum' } };
}

/** Returns the words of the list that begin with what was typed, at most `limit`. */
export function completeWord(prefix: string, limit: number): readonly string[] {
  const wanted = prefix.trim().toLowerCase();
  if (wanted === '') return [];
  return wordlist.filter((word) => word.startsWith(wanted)).slice(0, limit);
}

/** Returns the 11 bits of one word out of 264. */
function bitsAt(bytes: Uint8Array, wordIndex: number): number {
  let value = 0;
  for (let bit = wordIndex * WORD_BITS; bit < (wordIndex + 1) * WORD_BITS; bit += 1) {
    value = (value << 1) | (((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1);
  }
  return value;
}

function hasChecksum(indices: Uint16Array): boolean {
  const bytes = new Uint8Array(RECOVERY_ENTROPY_BYTES + 1);
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const index = indices[Math.floor(bit / WORD_BITS)] ?? 0;
    const value = (index >> (WORD_BITS - 1 - (bit % WORD_BITS))) & 1;
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (value << (7 - (bit & 7)));
  }
  const checksum = sha256(bytes.subarray(0, RECOVERY_ENTROPY_BYTES));
  const isValid = checksum[0] === bytes[RECOVERY_ENTROPY_BYTES];
  bytes.fill(0);
  checksum.fill(0);
  return isValid;
}

function joinWords(indices: Uint16Array): Uint8Array<ArrayBuffer> {
  const lengthBytes = indices.reduce((sum, index) => sum + wordAt(index).length + 1, -1);
  const bytes = new Uint8Array(new ArrayBuffer(lengthBytes));
  let at = 0;
  for (const index of indices) {
    if (at > 0) {
      bytes[at] = SPACE;
      at += 1;
    }
    for (const character of wordAt(index)) {
      bytes[at] = character.charCodeAt(0);
      at += 1;
    }
  }
  return bytes;
}

function wordAt(index: number): string {
  return wordlist[index] ?? '';
}

/** Returns the index of the word, or of the only one that begins so; -1 where there is none. */
function findWord(typed: Uint8Array): number {
  const matches = wordlist.findIndex(
    (word) => word.length === typed.length && startsWith(word, typed),
  );
  if (matches >= 0 || typed.length < UNIQUE_LETTERS) return matches;
  return wordlist.findIndex((word) => startsWith(word, typed));
}

function startsWith(word: string, typed: Uint8Array): boolean {
  if (typed.length > word.length) return false;
  return typed.every((byte, index) => lowerCase(byte) === word.charCodeAt(index));
}

function lowerCase(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}

function* wordRanges(text: Uint8Array): Generator<Readonly<{ start: number; end: number }>> {
  let start = -1;
  for (let at = 0; at <= text.length; at += 1) {
    const isSpace = at === text.length || (text[at] ?? 0) <= SPACE;
    if (!isSpace && start < 0) start = at;
    if (isSpace && start >= 0) {
      yield { start, end: at };
      start = -1;
    }
  }
}
