import { FormatError, VaultError } from '../../shared/errors/vault-error.ts';
import type { BackupFacts, RepairReport, RestorePreview } from '../../shared/model/header-care.ts';
import { FileDevice } from '../block/file-device.ts';
import { type Container, describeContainer, readContainer } from '../luks/container.ts';
import { checkHealth } from '../luks/keys/check-health.ts';
import { compareHeaders } from '../luks/keys/compare-headers.ts';
import { finishWipes } from '../luks/keys/finish-wipes.ts';
import {
  compareLuks1,
  luks1RegionBytes,
  readLuks1Region,
  restoreLuks1,
} from '../luks/keys/luks1-backup.ts';
import { placeParked } from '../luks/keys/luks1-keys.ts';
import { headerRegionBytes, readHeaderRegion, restoreHeader } from '../luks/keys/restore-header.ts';
import type { LoadedLuks1 } from '../luks/read-luks1.ts';
import type { LoadedHeader } from '../luks/read-luks2.ts';
import { repairHeaderCopies } from '../luks/repair-header-copies.ts';
import { convertContainer } from './convert-container.ts';
import { keepHeaderFile, writeNewFile } from './header-files.ts';
import type { HeaderResults } from './header-requests.ts';
import type { SessionRequest } from './session-request.ts';

type HeaderRequest = Extract<SessionRequest, { verb: Exclude<keyof HeaderResults, 'resize'> }>;

/** Carries out a request about the header of a container. */
export function answerHeaderRequest(request: HeaderRequest): HeaderResults[HeaderRequest['verb']] {
  switch (request.verb) {
    case 'header-backup':
      return backUp(request.path, request.target);
    case 'header-compare': {
      using device = FileDevice.open(request.path, { isReadOnly: true, lock: 'none' });
      return compareBackup(device, readOrNull(device), readBackup(request.source));
    }
    case 'header-restore':
      return restore(request.path, request.source);
    case 'check': {
      using device = FileDevice.open(request.path, { isReadOnly: true, lock: 'none' });
      return checkHealth(device);
    }
    case 'repair':
      return repair(request.path);
    case 'convert':
      return convertContainer(request.path, request.to);
  }
}

/** Under the header lock, so that no other program's update is caught in the middle. */
function backUp(path: string, target: string): BackupFacts {
  using device = FileDevice.open(path, { isReadOnly: true, lock: 'none' });
  const backup = device.withHeaderLock('shared', () => readWhole(device));
  writeNewFile(target, backup.region);
  const { uuid, seqid } = describeContainer(backup.container, device.sizeBytes);
  return { path: target, uuid, seqid, sizeBytes: backup.region.length };
}

function restore(path: string, source: string): HeaderResults['header-restore'] {
  using device = FileDevice.open(path, { isReadOnly: false });
  const backup = readBackup(source);
  const current = readOrNull(device);
  const preview = compareBackup(device, current, backup);
  const keptPath = keepHeader(device, current, backup.region.length);
  const { container, region } = backup;
  if (container.version === 1)
    restoreLuks1(device, luks1Of(current), { loaded: container.luks1, region });
  else restoreHeader(device, luks2Of(current), { loaded: container.luks2, region });
  return { ...preview, keptPath };
}

/** @throws FormatError `backup-mismatch`, also where one is LUKS1 and the other LUKS2. */
function compareBackup(
  device: FileDevice,
  current: Container | null,
  { container }: Backup,
): RestorePreview {
  if (current !== null && current.version !== container.version)
    throw new FormatError('backup-mismatch', { what: 'version' });
  return container.version === 1
    ? compareLuks1(luks1Of(current), container.luks1, device.sizeBytes)
    : compareHeaders(luks2Of(current), container.luks2, device.sizeBytes);
}

function luks1Of(current: Container | null): LoadedLuks1 | null {
  return current?.version === 1 ? current.luks1 : null;
}

function luks2Of(current: Container | null): LoadedHeader | null {
  return current?.version === 2 ? current.luks2 : null;
}

function repair(path: string): RepairReport {
  using device = FileDevice.open(path, { isReadOnly: false });
  const before = checkHealth(device);
  const repaired = before.findings.filter(({ weight }) => weight === 'repairable');
  const remaining = before.findings.filter(({ weight }) => weight === 'damaged');
  const container = readContainer(device);
  if (repaired.length === 0) return { backupPath: null, repaired, remaining };
  const backupPath = keepHeader(device, container, 0);
  if (container.version === 1) placeParked(device, container.luks1);
  else finishWipes(device, repairHeaderCopies(device, container.luks2));
  const after = checkHealth(device).findings;
  return { backupPath, repaired, remaining: after.filter(({ weight }) => weight === 'damaged') };
}

/** Keeps the bytes that are about to be written over, as they are, beside the container. */
function keepHeader(device: FileDevice, current: Container | null, newBytes: number): string {
  const currentBytes = current === null ? 0 : regionBytes(current);
  const region = new Uint8Array(Math.min(Math.max(currentBytes, newBytes), device.sizeBytes));
  device.readInto(0, region);
  return keepHeaderFile(device.path, region);
}

function regionBytes(container: Container): number {
  return container.version === 1
    ? luks1RegionBytes(container.luks1)
    : headerRegionBytes(container.luks2);
}

type Backup = Readonly<{ container: Container; region: Uint8Array }>;

function readBackup(source: string): Backup {
  using device = FileDevice.open(source, { isReadOnly: true, lock: 'none' });
  return readWhole(device);
}

/** Reads a header with its key areas. */
function readWhole(device: FileDevice): Backup {
  const container = readContainer(device);
  const region =
    container.version === 1
      ? readLuks1Region(device, container.luks1)
      : readHeaderRegion(device, container.luks2);
  return { container, region };
}

/** A header that cannot be read is what a restore is for; storage that fails is not. */
function readOrNull(device: FileDevice): Container | null {
  try {
    return readContainer(device);
  } catch (error) {
    if (error instanceof FormatError) return null;
    if (error instanceof VaultError && error.family === 'unsupported') return null;
    throw error;
  }
}
