/** A crypto worker: one thread that does fragments of other threads' requests. */
import { parentPort, workerData } from 'node:worker_threads';
import { chooseProvider } from '../crypto/providers.ts';
import type { CryptoWorkerData, CryptoWorkerMessage } from './crypto-worker-messages.ts';
import { serveFragments } from './fragment-loop.ts';
import { helperArena, MAX_FRAGMENT_BYTES, poolWords } from './pool-layout.ts';

function run(data: CryptoWorkerData): void {
  const { memory, helper, provider: wanted, cipher, volumeKey, sectorBytes } = data;
  const arena = helperArena(memory, helper);
  const { provider } = chooseProvider(arena, { cipher, pinned: wanted ?? undefined });
  const key = new Uint8Array(volumeKey);
  using decrypt = provider.createTransform('decrypt', key, sectorBytes);
  using encrypt = provider.createTransform('encrypt', key, sectorBytes);
  const scratch = arena.allocate(MAX_FRAGMENT_BYTES, 4096);
  try {
    serveFragments({
      helper,
      words: poolWords(memory),
      memory: arena.bytes,
      scratch,
      decrypt,
      encrypt,
      onReady: () => {
        const message: CryptoWorkerMessage = { type: 'up', provider: provider.name };
        parentPort?.postMessage(message);
      },
    });
  } finally {
    scratch.fill(0);
  }
}

run(workerData as CryptoWorkerData); // `CryptoPool` is the only caller
