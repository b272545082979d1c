import { closeSync, existsSync, ftruncateSync, rmSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { DeviceError, VaultError } from '../../shared/errors/vault-error.ts';
import type { CreateOptions } from '../../shared/model/create-options.ts';
import { MIB } from '../../shared/units.ts';
import { FileDevice } from '../block/file-device.ts';
import { Arena } from '../bytes/arena.ts';
import type { SecretBytes } from '../bytes/secret-bytes.ts';
import { formatExt4 } from '../filesystem/ext4/format-ext4.ts';
import { formatFat32 } from '../filesystem/fat/format-fat32.ts';
import { formatLuks2 } from '../luks/format-luks2.ts';
import type { UnlockedVolume } from '../luks/unlocked-volume.ts';
import { toDeviceError } from '../system/device-errors.ts';
import { reserveSpace } from '../system/file-space.ts';
import { renameNoReplace } from '../system/rename-no-replace.ts';
import { syncFolder } from './header-files.ts';
import { makePartial, removeStalePartials } from './partial-files.ts';
import type { OnPhase } from './session-events.ts';
import { buildVolumeStack, volumeStackArenaBytes } from './volume-stack.ts';

const RESERVE_STEP_BYTES = 256 * MIB;
const FORMAT_CACHE_BYTES = 8 * MIB;
/** A sparse container needs room for its header, key areas and an empty filesystem at once. */
const SPARSE_MINIMUM_BYTES = 32 * MIB;

/**
 * Creates a container with its filesystem as one new file.
 *
 * It is made under a temporary name of mode 0600 in the same folder, written to stable storage,
 * and renamed without replacing; so a cut at any point leaves a complete vault or none, and an
 * existing file is never touched. What an earlier cut left behind in the folder is removed.
 *
 * @param passphrase - Borrowed.
 * @throws DeviceError `file-exists`, `no-space`, `permission-denied`, `file-missing`.
 */
export async function createContainer(
  path: string,
  options: CreateOptions,
  passphrase: SecretBytes,
  onPhase: OnPhase,
): Promise<{ uuid: string; containerBytes: number }> {
  const folder = dirname(path);
  if (existsSync(path)) throw new DeviceError('file-exists', { path });
  assertFreeSpace(folder, options);
  removeStalePartials(folder);
  const { path: partial, fd } = makePartial(folder);
  using device = sizePartial(partial, fd, options, onPhase);
  try {
    using volume = await formatLuks2(
      device,
      {
        label: options.label,
        subsystem: options.subsystem,
        sectorBytes: options.sectorBytes,
        keyBytes: options.keyBits === 512 ? 64 : 32,
        kdf: options.kdf,
        onPhase: (phase) => onPhase(phase, null),
      },
      passphrase,
    );
    if (options.filesystem !== 'none') {
      onPhase('formatting', null);
      formatVolume(device, volume, options);
    }
    onPhase('syncing', null);
    device.flush();
    if (!renameNoReplace(partial, path)) throw new DeviceError('file-exists', { path });
    syncFolder(folder);
    return { uuid: volume.uuid, containerBytes: device.sizeBytes };
  } catch (error) {
    rmSync(partial, { force: true });
    throw error instanceof VaultError ? error : toDeviceError(error, 'create', 0);
  }
}

function assertFreeSpace(folder: string, options: CreateOptions): void {
  let freeBytes: number;
  try {
    const stats = statfsSync(folder);
    freeBytes = stats.bavail * stats.bsize;
  } catch (error) {
    throw toDeviceError(error, 'statfs', 0);
  }
  const neededBytes = options.allocate
    ? options.sizeBytes
    : Math.min(options.sizeBytes, SPARSE_MINIMUM_BYTES);
  if (freeBytes < neededBytes) throw new DeviceError('no-space', { freeBytes, neededBytes });
}

/** Gives a partial file its size. Takes ownership of the descriptor. */
function sizePartial(
  partial: string,
  fd: number,
  options: CreateOptions,
  onPhase: OnPhase,
): FileDevice {
  let isOwned = true;
  try {
    ftruncateSync(fd, options.sizeBytes);
    if (options.allocate) reserveAll(fd, options.sizeBytes, onPhase);
    isOwned = false;
    return FileDevice.adopt(partial, fd, { isReadOnly: false });
  } catch (error) {
    if (isOwned) closeSync(fd);
    rmSync(partial, { force: true });
    throw error instanceof VaultError ? error : toDeviceError(error, 'create', 0);
  }
}

function reserveAll(fd: number, sizeBytes: number, onPhase: OnPhase): void {
  for (let at = 0; at < sizeBytes; at += RESERVE_STEP_BYTES) {
    onPhase('allocating', at / sizeBytes);
    const outcome = reserveSpace(fd, at, Math.min(RESERVE_STEP_BYTES, sizeBytes - at));
    if (outcome === 'no-space') throw new DeviceError('no-space', { operation: 'allocate' });
    if (outcome === 'unsupported') throw new DeviceError('io-error', { operation: 'allocate' });
  }
}

function formatVolume(
  device: FileDevice,
  volume: UnlockedVolume,
  { filesystem, label }: CreateOptions,
): void {
  const arena = new Arena(volumeStackArenaBytes(FORMAT_CACHE_BYTES));
  const key = volume.volumeKey.bytes;
  using stack = buildVolumeStack(device, volume.segment, arena, {
    volumeKey: key,
    cacheBytes: FORMAT_CACHE_BYTES,
  });
  if (filesystem === 'ext4') {
    const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
    formatExt4(stack.cache, { label, uid, gid });
  } else {
    formatFat32(stack.cache, { label });
  }
  stack.cache.flush();
}
