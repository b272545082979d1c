/**
 * The hashes by which directories are indexed: legacy, half of MD4, and TEA; each in a variant that
 * takes name bytes as signed (what Linux did on x86) and one that takes them as unsigned.
 *
 * @see Linux, fs/ext4/hash.c
 */

export const HASH_VERSIONS = { legacy: 0, halfMd4: 1, tea: 2 } as const;
/** Added to a version for its unsigned variant. */
const UNSIGNED = 3;
/** The largest hash is kept for "end of directory". */
const LAST_HASH = 0xfffffffe;
const INITIAL = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476] as const;
const K2 = 0x5a827999;
const K3 = 0x6ed9eba1;
const TEA_DELTA = 0x9e3779b9;
const TEA_ROUNDS = 16;

/** The three rounds of half MD4, eight steps each: which word, and how far to rotate. */
const ROUND_STEPS = 8;
const WORD_OF_STEP = Uint8Array.of(
  ...[0, 1, 2, 3, 4, 5, 6, 7],
  ...[1, 3, 5, 7, 0, 2, 4, 6],
  ...[3, 7, 2, 6, 1, 5, 0, 4],
);
const TURN_OF_STEP = Uint8Array.of(
  ...[3, 7, 11, 19, 3, 7, 11, 19],
  ...[3, 5, 9, 13, 3, 5, 9, 13],
  ...[3, 9, 11, 15, 3, 9, 11, 15],
);

/** Scratch of one hash. */
const STATE = new Int32Array(4);
const HALF_MD4_WORDS = new Int32Array(8);
const TEA_WORDS = new Int32Array(4);

/** A version and seed with which a directory hashes its names. */
export type HashKind = Readonly<{ version: number; seed: readonly number[] }>;

export function isKnownHash(version: number): boolean {
  return version >= 0 && version <= HASH_VERSIONS.tea + UNSIGNED;
}

/** Returns the hash of a name: 32 bits, the lowest one 0. */
export function hashName({ version, seed }: HashKind, name: Uint8Array): number {
  const isSigned = version < UNSIGNED;
  const method = version % UNSIGNED;
  const hash =
    method === HASH_VERSIONS.legacy
      ? legacyHash(name, isSigned)
      : blockHash(method, seed, name, isSigned);
  const even = (hash & ~1) >>> 0;
  return even === LAST_HASH ? LAST_HASH - 2 : even;
}

function legacyHash(name: Uint8Array, isSigned: boolean): number {
  let before = 0x37abe8f9;
  let current = 0x12a3fe2d;
  for (const byte of name) {
    let hash = (before + (current ^ Math.imul(byteValue(byte, isSigned), 7152373))) | 0;
    if (hash < 0) hash = (hash - 0x7fffffff) | 0;
    before = current;
    current = hash;
  }
  return (current << 1) >>> 0;
}

function blockHash(
  method: number,
  seed: readonly number[],
  name: Uint8Array,
  isSigned: boolean,
): number {
  const state = STATE;
  state.set(seed.some((word) => word !== 0) ? seed : INITIAL);
  const isTea = method === HASH_VERSIONS.tea;
  const words = isTea ? TEA_WORDS : HALF_MD4_WORDS;
  for (let at = 0; at < name.length; at += words.length * 4) {
    fillWords(words, name, at, isSigned);
    if (isTea) mixTea(state, words);
    else mixHalfMd4(state, words);
  }
  return (isTea ? state[0] : state[1]) ?? 0;
}

/** Packs name bytes into words, the last one padded with the name's length. */
function fillWords(words: Int32Array, name: Uint8Array, from: number, isSigned: boolean): void {
  const length = (name.length - from) & 0xff;
  const pad = Math.imul(length, 0x01010101);
  words.fill(pad);
  const count = Math.min(name.length - from, words.length * 4);
  let value = pad;
  for (let at = 0; at < count; at += 1) {
    value = (byteValue(name[from + at] ?? 0, isSigned) + (value << 8)) | 0;
    if (at % 4 === 3) {
      words[at >>> 2] = value;
      value = pad;
    }
  }
  if (count % 4 !== 0) words[count >>> 2] = value;
}

function byteValue(byte: number, isSigned: boolean): number {
  return isSigned ? (byte << 24) >> 24 : byte;
}

function mixHalfMd4(state: Int32Array, words: Int32Array): void {
  const before = { a: state[0] ?? 0, b: state[1] ?? 0, c: state[2] ?? 0, d: state[3] ?? 0 };
  let { a, b, c, d } = before;
  for (let step = 0; step < WORD_OF_STEP.length; step += 1) {
    let mixed = b ^ c ^ d;
    if (step < ROUND_STEPS) mixed = d ^ (b & (c ^ d));
    else if (step < 2 * ROUND_STEPS) mixed = (b & c) + ((b ^ c) & d) + K2;
    else mixed += K3;
    const sum = (a + mixed + (words[WORD_OF_STEP[step] ?? 0] ?? 0)) | 0;
    const turn = TURN_OF_STEP[step] ?? 0;
    a = d;
    d = c;
    c = b;
    b = (sum << turn) | (sum >>> (32 - turn));
  }
  state[0] = before.a + a;
  state[1] = before.b + b;
  state[2] = before.c + c;
  state[3] = before.d + d;
}

function mixTea(state: Int32Array, words: Int32Array): void {
  let [left = 0, right = 0] = state;
  const [a = 0, b = 0, c = 0, d = 0] = words;
  let sum = 0;
  for (let round = 0; round < TEA_ROUNDS; round += 1) {
    sum = (sum + TEA_DELTA) | 0;
    left = (left + (((right << 4) + a) ^ (right + sum) ^ ((right >>> 5) + b))) | 0;
    right = (right + (((left << 4) + c) ^ (left + sum) ^ ((left >>> 5) + d))) | 0;
  }
  state[0] = (state[0] ?? 0) + left;
  state[1] = (state[1] ?? 0) + right;
}
