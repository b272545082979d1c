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
import { formatLuks2, LUKS2_DATA_OFFSET_BYTES } from '../luks/format-luks2.ts';
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

type CreateRequest = Readonly<{
  path: string;
  options: CreateOptions;
  headerPath?: string | undefined;
}>;

/**
 * Creates a container with its filesystem as one new file; with a detached header as two.
 *
 * It is made under a temporary name of mode 0600 in the same folder, written to stable storage,
 * and renamed without replacing; so a cut at any point leaves a complete vault or none, and an
 * existing file is never touched. What an earlier cut left behind in the folder is removed. The
 * data get their name before their header does: a cut in between leaves data that nothing opens.
 *
 * @param passphrase - Borrowed.
 * @throws DeviceError `file-exists`, `no-space`, `permission-denied`, `file-missing`.
 */
export async function createContainer(
  { path, options, headerPath }: CreateRequest,
  passphrase: SecretBytes,
  onPhase: OnPhase,
): Promise<{ uuid: string; containerBytes: number }> {
  for (const target of headerPath === undefined ? [path] : [path, headerPath])
    if (existsSync(target)) throw new DeviceError('file-exists', { path: target });
  assertFreeSpace(dirname(path), options);
  using parts = new Partials();
  const data = parts.make(path, options.sizeBytes, options.allocate ? onPhase : null);
  const header =
    headerPath === undefined ? data : parts.make(headerPath, LUKS2_DATA_OFFSET_BYTES, null);
  try {
    using volume = await formatLuks2(
      header,
      {
        label: options.label,
        subsystem: options.subsystem,
        sectorBytes: options.sectorBytes,
        keyBytes: options.keyBits === 512 ? 64 : 32,
        kdf: options.kdf,
        ...(headerPath === undefined ? {} : { detachedDataBytes: data.sizeBytes }),
        onPhase: (phase) => onPhase(phase, null),
      },
      passphrase,
    );
    if (options.filesystem !== 'none') {
      onPhase('formatting', null);
      formatVolume(data, volume, options);
    }
    onPhase('syncing', null);
    parts.publish();
    return { uuid: volume.uuid, containerBytes: data.sizeBytes };
  } catch (error) {
    throw error instanceof VaultError ? error : toDeviceError(error, 'create', 0);
  }
}

/** Files in the making. Disposing closes them, and removes those that did not get their names. */
class Partials implements Disposable {
  readonly #parts: { partial: string; target: string; device: FileDevice; isNamed: boolean }[] = [];

  /** @param onPhase - Told while the space is reserved; `null` for a sparse file. */
  make(target: string, sizeBytes: number, onPhase: OnPhase | null): FileDevice {
    const folder = dirname(target);
    removeStalePartials(folder);
    const { path: partial, fd } = makePartial(folder);
    const device = sizePartial(partial, fd, sizeBytes, onPhase);
    this.#parts.push({ partial, target, device, isNamed: false });
    return device;
  }

  /** @throws DeviceError `file-exists` */
  publish(): void {
    for (const { device } of this.#parts) device.flush();
    for (const part of this.#parts) {
      if (!renameNoReplace(part.partial, part.target))
        throw new DeviceError('file-exists', { path: part.target });
      part.isNamed = true;
      syncFolder(dirname(part.target));
    }
  }

  [Symbol.dispose](): void {
    const isWhole = this.#parts.every(({ isNamed }) => isNamed);
    for (const { partial, target, device, isNamed } of this.#parts) {
      device[Symbol.dispose]();
      if (!isWhole) rmSync(isNamed ? target : partial, { force: true });
    }
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
  sizeBytes: number,
  onPhase: OnPhase | null,
): FileDevice {
  let isOwned = true;
  try {
    ftruncateSync(fd, sizeBytes);
    if (onPhase !== null) reserveAll(fd, sizeBytes, onPhase);
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
    if (outcome !== 'done') throw new DeviceError('io-error', { operation: 'allocate' });
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
  // Linux's own drivers take no filesystem whose units are smaller than the sectors below.
  const { sectorBytes } = volume.segment;
  if (filesystem === 'ext4') {
    const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
    formatExt4(stack.cache, { label, uid, gid, sectorBytes });
  } else {
    formatFat32(stack.cache, { label, logicalSectorBytes: sectorBytes });
  }
  stack.cache.flush();
}
