/**
 * Makes a locked vault larger: the file, the segment in its header, and a FAT32 or ext4 filesystem in it.
 *
 * The file is extended first, by what the filesystem's journal needs too, then the header says so,
 * then the filesystem grows; at the end header and file get their final size. So at every moment
 * the file is at least as long as the header says, and the volume as the filesystem says.
 */

import { fstatSync, fsyncSync, ftruncateSync } from 'node:fs';
import { ContractError, DeviceError } from '../../shared/errors/vault-error.ts';
import { MIB } from '../../shared/units.ts';
import type { BlockDevice } from '../block/block-device.ts';
import { FileDevice } from '../block/file-device.ts';
import { Arena } from '../bytes/arena.ts';
import type { SecretBytes } from '../bytes/secret-bytes.ts';
import { growExt4 } from '../filesystem/ext4/grow-ext4.ts';
import { canWriteExt4, planExt4Growth } from '../filesystem/ext4/grow-plan.ts';
import { mountExt4 } from '../filesystem/ext4/mount-ext4.ts';
import { growFat32, planFat32Growth } from '../filesystem/fat/grow-fat32.ts';
import { mountFat32 } from '../filesystem/fat/mount-fat32.ts';
import { EXT_TYPES, identifyFilesystem } from '../filesystem/identify.ts';
import { readContainer, repairContainer, unlockVolume } from '../luks/container.ts';
import { readLuks2 } from '../luks/read-luks2.ts';
import { resizeSegment } from '../luks/resize-segment.ts';
import type { VolumeSegment } from '../luks/unlocked-volume.ts';
import { toDeviceError } from '../system/device-errors.ts';
import type { ResizeResult } from './header-requests.ts';
import { openHeaderSource } from './header-source.ts';
import type { OnPhase } from './session-events.ts';
import { buildVolumeStack, type VolumeStack, volumeStackArenaBytes } from './volume-stack.ts';

const CACHE_BYTES = 16 * MIB;
const ALIGN_BYTES = 4096;

/** How the volume lies in its file. */
type Volume = Readonly<{ geometry: VolumeSegment; volumeKey: Uint8Array }>;

/**
 * Grows a container to `sizeBytes`. One that was cut while it grew is finished by the same call.
 *
 * @param passphrase - Borrowed until the promise settles.
 * @throws ContractError `size-invalid` where it would shrink; FormatError `filesystem-damaged`;
 * UnsupportedError `filesystem-unsupported` for FAT12 and FAT16; DeviceError `no-space`
 */
export async function resizeContainer(
  request: Readonly<{ path: string; headerPath?: string | undefined; sizeBytes: number }>,
  passphrase: SecretBytes,
  onPhase: OnPhase,
): Promise<ResizeResult> {
  const { path, sizeBytes } = request;
  using resources = new DisposableStack();
  const device = resources.use(FileDevice.open(path, { isReadOnly: false }));
  if (!fstatSync(device.fd).isFile()) throw new DeviceError('not-a-file', { path });
  const { header, place } = openHeaderSource(device, request.headerPath, resources);
  const container = repairContainer(header, readContainer(header));
  onPhase('deriving', null);
  using unlocked = await unlockVolume(header, container, passphrase, { place });
  const { segment } = unlocked;
  const room = sizeBytes - segment.offsetBytes;
  const volumeBytes = room - (room % segment.sectorBytes);
  const volume = { geometry: segment, volumeKey: unlocked.volumeKey.bytes };
  const plan = planGrowth(device, volume, volumeBytes);
  if (plan.grow === null && sizeBytes < device.sizeBytes)
    throw new ContractError('size-invalid', { sizeBytes });

  onPhase('syncing', null);
  const workBytes = volumeBytes + plan.extraBytes;
  setFileSize(device.fd, Math.max(device.sizeBytes, segment.offsetBytes + workBytes));
  using larger = FileDevice.adopt(path, device.release(), { isReadOnly: false });
  larger.reserve(segment.offsetBytes + volumeBytes, workBytes - volumeBytes);
  const resize = (lengthBytes: number) => {
    if (container.version !== 2) return;
    const holder = place.isDetached ? header : larger;
    resizeSegment(holder, readLuks2(holder), lengthBytes);
  };
  resize(workBytes);
  if (plan.grow !== null) {
    onPhase('formatting', null);
    using stack = openStack(larger, {
      ...volume,
      geometry: { ...segment, lengthBytes: workBytes },
    });
    plan.grow(stack.cache, volumeBytes);
    stack.cache.flush();
  }
  onPhase('syncing', null);
  resize(volumeBytes);
  setFileSize(larger.fd, sizeBytes);
  const { filesystem, grow } = plan;
  return { containerBytes: sizeBytes, volumeBytes, filesystem, hasGrownFilesystem: grow !== null };
}

/** What growing the filesystem takes: room behind the new end while it is under way, and how. */
type Growth = Readonly<{
  filesystem: string;
  extraBytes: number;
  /** `null` where the filesystem is not ours to grow. */
  grow: ((device: BlockDevice, sizeBytes: number) => void) | null;
}>;

/**
 * Brings the filesystem in order and tells what growing it takes. Whatever a cut has left is healed
 * here, a growth that was not finished among it.
 */
function planGrowth(device: FileDevice, volume: Volume, volumeBytes: number): Growth {
  using stack = openStack(device, volume);
  const filesystem = identifyFilesystem(stack.cache);
  if (filesystem === 'vfat') {
    const options = { isReadOnly: false, uid: 0, gid: 0, discardFreed: false };
    mountFat32(stack.cache, options)[Symbol.dispose]();
    stack.cache.flush();
    const { journalBytes } = planFat32Growth(stack.cache, volumeBytes);
    const extraBytes = Math.ceil(journalBytes / ALIGN_BYTES) * ALIGN_BYTES + ALIGN_BYTES;
    return { filesystem, extraBytes, grow: growFat32 };
  }
  if (EXT_TYPES.includes(filesystem) && canWriteExt4(stack.cache)) {
    mountExt4(stack.cache, { type: filesystem, isReadOnly: false })[Symbol.dispose]();
    stack.cache.flush();
    planExt4Growth(stack.cache, volumeBytes);
    return { filesystem, extraBytes: 0, grow: growExt4 };
  }
  return { filesystem, extraBytes: 0, grow: null };
}

function openStack(device: FileDevice, { geometry, volumeKey }: Volume): VolumeStack {
  const arena = new Arena(volumeStackArenaBytes(CACHE_BYTES));
  return buildVolumeStack(device, geometry, arena, { volumeKey, cacheBytes: CACHE_BYTES });
}

function setFileSize(fd: number, sizeBytes: number): void {
  try {
    ftruncateSync(fd, sizeBytes);
    fsyncSync(fd);
  } catch (error) {
    throw toDeviceError(error, 'resize', sizeBytes);
  }
}
