import { createHash } from 'node:crypto';
import type { Arena } from '../bytes/arena.ts';
import type { VolumeCipher } from './volume-cipher.ts';
import type { XtsProvider } from './xts-provider.ts';

/** Longest run of sectors in a case, bytes. */
const SCRATCH_BYTES = 2048;

/** What a provider must compute before it is used. */
export type KnownAnswer = Readonly<{
  name: string;
  key: Uint8Array;
  plaintext: Uint8Array;
  sectorBytes: number;
  firstIvSector: number;
  /** SHA-256 of the whole ciphertext, hexadecimal. */
  ciphertextSha256: string;
}>;

function pattern(length: number, at: (index: number) => number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => at(index) & 0xff);
}

function hex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'hex'));
}

const SMALL_KEY = '2718281828459045235360287471352631415926535897932384626433832795';
const LARGE_KEY =
  '2718281828459045235360287471352662497757247093699959574966967627' +
  '3141592653589793238462643383279502884197169399375105820974944592';

/**
 * IEEE Std 1619-2007, annex B, vectors 4 and 10 (512-byte data units), and a run of sectors whose
 * IV sector crosses 32 bits, made with OpenSSL's `aes-256-xts`, one call a sector. Short, so that
 * even the slowest provider takes a few milliseconds.
 */
export const XTS_ANSWERS: readonly KnownAnswer[] = [
  {
    name: 'ieee-1619-4',
    key: hex(SMALL_KEY),
    plaintext: pattern(512, (i) => i),
    sectorBytes: 512,
    firstIvSector: 0,
    ciphertextSha256: 'ebee4d64dd2395bb2d6a2d37a0a48ecb2bf4913cfc99d27c2214f2f4144715ea',
  },
  {
    name: 'ieee-1619-10',
    key: hex(LARGE_KEY),
    plaintext: pattern(512, (i) => i),
    sectorBytes: 512,
    firstIvSector: 0xff,
    ciphertextSha256: 'e97e974fa393af794f7a4684395814cf820de60a01eaec677d87b452e316b364',
  },
  {
    name: 'xts-256-1024',
    key: pattern(64, (i) => i + 1),
    plaintext: pattern(2048, (i) => i * 7 + (i >> 8)),
    sectorBytes: 1024,
    firstIvSector: 0xfffffffe,
    ciphertextSha256: '144e70f2816d20edca98090c01a80606fd4aad054d11e3debbe8a83cc99a7fe7',
  },
];

const CBC_PLAINTEXT = pattern(2048, (i) => i * 7 + (i >> 8));
const CBC_IV_SECTOR = 0xfffffffe;

function cbcAnswer(
  cipher: VolumeCipher,
  keyBytes: number,
  sectorBytes: number,
  ciphertextSha256: string,
): KnownAnswer & Readonly<{ cipher: VolumeCipher }> {
  const name = `${cipher}-${keyBytes * 8}-${sectorBytes}`;
  const key = pattern(keyBytes, (i) => i + 1);
  const run = { plaintext: CBC_PLAINTEXT, sectorBytes, firstIvSector: CBC_IV_SECTOR };
  return { name, cipher, key, ...run, ciphertextSha256 };
}

/**
 * Runs of sectors whose IV sector crosses 32 bits, for each way to make the vectors; made with
 * OpenSSL's `aes-*-cbc`, one call a sector.
 */
export const CBC_ANSWERS: readonly (KnownAnswer & Readonly<{ cipher: VolumeCipher }>)[] = [
  cbcAnswer(
    'aes-cbc-essiv:sha256',
    16,
    512,
    '8e1f91e20b2d1cc22405b4f7362ec652c2266d3d7a59a557094094cac3fd32bd',
  ),
  cbcAnswer(
    'aes-cbc-essiv:sha256',
    32,
    1024,
    'd7f9e7f2540ed92e49d2de416e68acd9bef5ed070145216b8d35e6ec04721b61',
  ),
  cbcAnswer(
    'aes-cbc-plain64',
    32,
    512,
    '214afd7c973a668e447234b25ec1db9b167775c2a1930aa5741af0489877f4bd',
  ),
  cbcAnswer(
    'aes-cbc-plain64',
    24,
    1024,
    'a5f31dfaafbe58a03ca56d2044e3870e0061cd72a116a6e339239125605e41e9',
  ),
  cbcAnswer(
    'aes-cbc-plain',
    32,
    512,
    'f5efe6f0db88376a23ef36d062963e0b8583ed34048a9d0a934cc5b79fe506ce',
  ),
];

/** Bytes of arena that a self-test takes. */
export const SELF_TEST_ARENA_BYTES = SCRATCH_BYTES + 64;

/** Memory in which self-tests run: made once per arena, used for every provider. */
export function createSelfTestScratch(arena: Arena): Buffer {
  return arena.allocate(SCRATCH_BYTES);
}

/**
 * Runs the known answers through a provider, both ways.
 *
 * @returns The name of the first case that failed, or `undefined` where all passed.
 */
export function findFailingAnswer(
  provider: XtsProvider,
  scratch: Buffer,
  answers: readonly KnownAnswer[] = XTS_ANSWERS,
): string | undefined {
  for (const answer of answers) {
    const sectors = scratch.subarray(0, answer.plaintext.length);
    using encrypt = provider.createTransform('encrypt', answer.key, answer.sectorBytes);
    using decrypt = provider.createTransform('decrypt', answer.key, answer.sectorBytes);
    sectors.set(answer.plaintext);
    encrypt.apply(sectors.byteOffset, sectors.length, answer.firstIvSector);
    if (createHash('sha256').update(sectors).digest('hex') !== answer.ciphertextSha256)
      return answer.name;
    decrypt.apply(sectors.byteOffset, sectors.length, answer.firstIvSector);
    if (!sectors.equals(answer.plaintext)) return answer.name;
  }
  return undefined;
}
