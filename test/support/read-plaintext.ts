import type { BlockDevice } from '../../main/block/block-device.ts';
import { Arena } from '../../main/bytes/arena.ts';
import type { UnlockedVolume } from '../../main/luks/unlocked-volume.ts';
import { buildCryptStack, CRYPT_STACK_ARENA_BYTES } from '../../main/session/volume-stack.ts';

/** Runs an action on the plaintext of an unlocked volume, in the stack that serves it. */
export function withPlaintext<T>(
  container: BlockDevice,
  volume: UnlockedVolume,
  action: (plaintext: BlockDevice) => T,
): T {
  const arena = new Arena(CRYPT_STACK_ARENA_BYTES);
  const volumeKey = volume.volumeKey.bytes;
  using stack = buildCryptStack(container, volume.segment, arena, { volumeKey });
  return action(stack.crypt);
}

/** Returns the whole plaintext of an unlocked volume. */
export function readPlaintext(container: BlockDevice, volume: UnlockedVolume): Buffer {
  return withPlaintext(container, volume, (plaintext) => {
    const bytes = Buffer.alloc(plaintext.sizeBytes);
    plaintext.readInto(0, bytes);
    return bytes;
  });
}
