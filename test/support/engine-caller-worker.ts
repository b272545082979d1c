/** A thread that makes random requests of a live engine and checks every byte it reads back. */
import { parentPort, workerData } from 'node:worker_threads';
import { FileDevice } from '../../main/block/file-device.ts';
import { Arena } from '../../main/bytes/arena.ts';
import { LiveEngine } from '../../main/engine/live-engine.ts';
import { type EngineShare, obeyOrder } from '../../main/session/engine-orders.ts';
import { KIB } from '../../shared/units.ts';
import { seededRandom } from './seeded-random.ts';

/** What it is started with. Words: 0 counts orders, 1 is set when it must end. */
export type EngineCallerData = Readonly<{
  share: EngineShare;
  control: SharedArrayBuffer;
  path: string;
  sectorBytes: number;
  volumeBytes: number;
  /** Longest request. */
  requestBytes: number;
  seed: number;
}>;

/** What it says at its end. */
export type EngineCallerReport = Readonly<{
  type: 'report';
  requests: number;
  wrongBytes: number;
  errors: readonly string[];
  orders: number;
  longestMs: number;
}>;

const data = workerData as EngineCallerData; // the test that starts it is the only caller
const words = new Int32Array(data.control);
const { sectorBytes, volumeBytes, requestBytes } = data;
using device = FileDevice.open(data.path, { isReadOnly: false, lock: 'none' });
const arena = new Arena(data.share.arena);
const volumeKey = new Uint8Array(data.share.volumeKey);
using engine = new LiveEngine({ storage: device, volumeKey, sectorBytes, fromBytes: 0, arena });
const buffer = arena.allocate(requestBytes, 4096);
const plain = Buffer.alloc(volumeBytes);
const random = seededRandom(data.seed);
/** Random bytes to cut writes from: making fresh ones would be most of the work. */
const pattern = random.bytes(requestBytes + 64 * KIB);
const errors: string[] = [];
let orders = 0;
let requests = 0;
let wrongBytes = 0;
let longestMs = 0;

function write(at: number, length: number): void {
  const from = random.below(64 * KIB);
  const view = buffer.subarray(0, length);
  view.set(pattern.subarray(from, from + length));
  view.copy(plain, at);
  engine.write(at, view, at / 512);
}

function read(at: number, length: number): void {
  const view = buffer.subarray(0, length).fill(0xee);
  engine.read(at, view, at / 512);
  if (!view.equals(plain.subarray(at, at + length))) wrongBytes += 1;
}

for (let at = 0; at < volumeBytes; at += requestBytes) write(at, requestBytes);
parentPort?.postMessage({ type: 'ready' });
while (Atomics.load(words, 1) === 0) {
  const startMs = performance.now();
  if (Atomics.load(words, 0) !== orders) {
    orders += 1;
    obeyOrder(data.share, engine, (message) => parentPort?.postMessage(message));
  }
  const length = (1 + random.below(requestBytes / sectorBytes)) * sectorBytes;
  const at = random.below((volumeBytes - length) / sectorBytes + 1) * sectorBytes;
  try {
    if (random.below(2) === 0) write(at, length);
    else read(at, length);
  } catch (error) {
    errors.push(String(error));
  }
  requests += 1;
  longestMs = Math.max(longestMs, performance.now() - startMs);
}
const report: EngineCallerReport = {
  type: 'report',
  requests,
  wrongBytes,
  errors,
  orders,
  longestMs,
};
parentPort?.postMessage(report);
