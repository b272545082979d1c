import type { FileDevice } from '../block/file-device.ts';
import { Arena } from '../bytes/arena.ts';
import { finishFat32Growth } from '../filesystem/fat/grow-fat32.ts';
import type { UnlockedVolume } from '../luks/unlocked-volume.ts';
import { buildCryptStack, CRYPT_STACK_ARENA_BYTES } from './volume-stack.ts';

/**
 * Finishes the growth of a FAT32 filesystem that a cut has interrupted, whatever is going to serve
 * the volume: other drivers would take it for damaged. Costs two small reads where there is none.
 *
 * @throws StateError `growth-unfinished` where the container is open for reading only.
 */
export function finishInterruptedGrowth(device: FileDevice, unlocked: UnlockedVolume): void {
  const arena = new Arena(CRYPT_STACK_ARENA_BYTES);
  const volumeKey = unlocked.volumeKey.bytes;
  using stack = buildCryptStack(device, unlocked.segment, arena, { volumeKey });
  finishFat32Growth(stack.crypt);
}
