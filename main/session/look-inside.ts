import { UnsupportedError } from '../../shared/errors/vault-error.ts';
import { Arena } from '../bytes/arena.ts';
import type { SecretBytes } from '../bytes/secret-bytes.ts';
import { identifyFilesystem } from '../filesystem/identify.ts';
import type { UnlockedContainer } from './unlocked-container.ts';
import { buildCryptStack, CRYPT_STACK_ARENA_BYTES } from './volume-stack.ts';

/** What the kernel may mount: others are no business of a desktop program. */
const KERNEL_FILESYSTEMS: readonly string[] = ['vfat', 'ext2', 'ext3', 'ext4'];

/**
 * Looks into an unlocked container with our own engine, before the kernel gets it.
 *
 * @param lastSector - Borrowed: receives the plaintext of the volume's last encryption sector, whose
 * length it has.
 * @returns What the volume holds, as `blkid` would call it.
 * @throws UnsupportedError `filesystem-unsupported` where the kernel is not to mount it.
 */
export function lookInside(
  { device, unlocked }: UnlockedContainer,
  lastSector: SecretBytes,
): string {
  const { volumeKey, segment } = unlocked;
  const arena = new Arena(CRYPT_STACK_ARENA_BYTES);
  using stack = buildCryptStack(device, segment, arena, { volumeKey: volumeKey.bytes });
  stack.crypt.readInto(segment.lengthBytes - lastSector.lengthBytes, lastSector.bytes);
  const filesystem = identifyFilesystem(stack.crypt);
  if (KERNEL_FILESYSTEMS.includes(filesystem)) return filesystem;
  throw new UnsupportedError('filesystem-unsupported', { filesystem });
}
