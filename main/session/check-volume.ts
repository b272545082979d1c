import { UnsupportedError } from '../../shared/errors/vault-error.ts';
import type { FilesystemReport } from '../../shared/model/filesystem-check.ts';
import { MIB } from '../../shared/units.ts';
import { Arena } from '../bytes/arena.ts';
import type { SecretBytes } from '../bytes/secret-bytes.ts';
import { checkExt4 } from '../filesystem/ext4/check-ext4.ts';
import { checkFat32 } from '../filesystem/fat/check-fat32.ts';
import { EXT_TYPES, identifyFilesystem } from '../filesystem/identify.ts';
import type { OnPhase } from './session-events.ts';
import type { SessionRequest } from './session-request.ts';
import { unlockContainer } from './unlocked-container.ts';
import { buildVolumeStack, volumeStackArenaBytes } from './volume-stack.ts';

const CACHE_BYTES = 64 * MIB;

/**
 * Unlocks a container for reading and checks the filesystem in it.
 *
 * @param passphrase - Borrowed until the promise settles.
 * @throws UnsupportedError `filesystem-unsupported` for one that is not ours.
 */
export async function checkVolume(
  request: Extract<SessionRequest, { verb: 'fsck' }>,
  passphrase: SecretBytes,
  onPhase: OnPhase,
): Promise<FilesystemReport> {
  const wanted = { ...request, isReadOnly: true };
  using container = await unlockContainer(wanted, passphrase, onPhase);
  onPhase('checking', null);
  const arena = new Arena(volumeStackArenaBytes(CACHE_BYTES));
  const { segment, volumeKey } = container.unlocked;
  using stack = buildVolumeStack(container.device, segment, arena, {
    volumeKey: volumeKey.bytes,
    cacheBytes: CACHE_BYTES,
  });
  const type = identifyFilesystem(stack.cache);
  if (EXT_TYPES.includes(type)) {
    return checkExt4(stack.cache, type, (share) => onPhase('checking', share));
  }
  if (type === 'vfat') return checkFat32(stack.cache);
  throw new UnsupportedError('filesystem-unsupported', { filesystem: type });
}
