/** One of several threads that share a pool: random requests on a file of its own, each checked. */
import { parentPort, workerData } from 'node:worker_threads';
import { FileDevice } from '../../main/block/file-device.ts';
import { Arena, type ArenaPart } from '../../main/bytes/arena.ts';
import { LiveEngine } from '../../main/engine/live-engine.ts';
import { type PoolMemory, poolWords } from '../../main/engine/pool-layout.ts';
import { KIB } from '../../shared/units.ts';
import { seededRandom } from './seeded-random.ts';

export type PoolCallerData = Readonly<{
  arena: ArenaPart;
  pool: PoolMemory;
  helpers: number;
  volumeKey: SharedArrayBuffer;
  path: string;
  requestBytes: number;
  requests: number;
  seed: number;
}>;

const data = workerData as PoolCallerData; // the test that starts it is the only caller
const { requestBytes, helpers, seed } = data;
using device = FileDevice.open(data.path, { isReadOnly: false, lock: 'none' });
const arena = new Arena(data.arena);
const volumeKey = new Uint8Array(data.volumeKey);
using engine = new LiveEngine({
  storage: device,
  volumeKey,
  sectorBytes: 512,
  fromBytes: 0,
  arena,
});
const buffer = arena.allocate(requestBytes, 4096);
const plain = Buffer.alloc(device.sizeBytes);
const random = seededRandom(seed);
const pattern = random.bytes(requestBytes + 64 * KIB);
let wrongBytes = 0;

const pool = { words: poolWords(data.pool), helpers, onStuck: () => {}, onRedone: () => {} };
engine.apply({ read: 'threaded', write: 'threaded', provider: null, pool });
for (let request = 0; request < data.requests; request += 1) {
  const length = (1 + random.below(requestBytes / 512)) * 512;
  const at = random.below((plain.length - length) / 512 + 1) * 512;
  const from = random.below(64 * KIB);
  const view = buffer.subarray(0, length);
  view.set(pattern.subarray(from, from + length));
  view.copy(plain, at);
  engine.write(at, view, at / 512);
  engine.read(at, view.fill(0), at / 512);
  if (!view.equals(plain.subarray(at, at + length))) wrongBytes += 1;
}
parentPort?.postMessage(wrongBytes);
