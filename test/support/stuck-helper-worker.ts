/** A crypto worker that claims one fragment and never does it: it stands for one that is stuck. */
import { parentPort, workerData } from 'node:worker_threads';
import {
  HELPER,
  HELPER_STATES,
  helperWord,
  type PoolMemory,
  poolWords,
  SLOT,
  slotWord,
} from '../../main/engine/pool-layout.ts';

const words = poolWords(workerData as PoolMemory); // the test that starts it is the only caller
const cursor = slotWord(0, SLOT.cursor);
const claim = helperWord(0, HELPER.claims);

Atomics.store(words, helperWord(0, HELPER.state), HELPER_STATES.up);
parentPort?.postMessage('up');
for (let hasClaimed = false; !hasClaimed; ) {
  const value = Atomics.load(words, cursor);
  if ((value & 0xff) === 0) continue;
  Atomics.store(words, claim, value);
  hasClaimed = Atomics.compareExchange(words, cursor, value, value - 1) === value;
}
Atomics.wait(words, claim, Atomics.load(words, claim));
