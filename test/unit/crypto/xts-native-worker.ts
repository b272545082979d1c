import { parentPort, workerData } from 'node:worker_threads';
import { createNativeProvider } from '../../../main/crypto/xts-native.ts';
import { openSslXts } from '../../support/openssl-xts.ts';
import { seededRandom } from '../../support/seeded-random.ts';

/** Transforms its part of shared memory again and again, and compares with OpenSSL. */

type Part = Readonly<{
  memory: SharedArrayBuffer;
  atBytes: number;
  lengthBytes: number;
  seed: number;
}>;

const ROUNDS = 60;
const part = workerData as Part; // given by the test, the only one who starts this

const bytes = Buffer.from(part.memory);
const provider = createNativeProvider({ bytes });
const sectors = bytes.subarray(part.atBytes, part.atBytes + part.lengthBytes);
const random = seededRandom(part.seed);
let mismatches = 0;
for (let round = 0; round < ROUNDS; round += 1) {
  const key = random.bytes(64);
  const sectorBytes = 512 << random.below(4);
  sectors.fill(random.below(256));
  const original = Buffer.from(sectors);
  using encrypt = provider.createTransform('encrypt', key, sectorBytes);
  using decrypt = provider.createTransform('decrypt', key, sectorBytes);
  encrypt.apply(part.atBytes, part.lengthBytes, round);
  if (round % 20 === 0 && !sectors.equals(openSslXts(key, original, sectorBytes, round)))
    mismatches += 1;
  decrypt.apply(part.atBytes, part.lengthBytes, round);
  if (!sectors.equals(original)) mismatches += 1;
}
parentPort?.postMessage({ rounds: ROUNDS, mismatches });
