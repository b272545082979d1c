import { FormatError, VaultError } from '../../shared/errors/vault-error.ts';
import type { BackupFacts, RepairReport } from '../../shared/model/header-care.ts';
import { FileDevice } from '../block/file-device.ts';
import { decodeTextField } from '../luks/binary-header.ts';
import { displayUuid } from '../luks/display-uuid.ts';
import { checkHealth } from '../luks/keys/check-health.ts';
import { compareHeaders } from '../luks/keys/compare-headers.ts';
import { finishWipes } from '../luks/keys/finish-wipes.ts';
import { headerRegionBytes, readHeaderRegion, restoreHeader } from '../luks/keys/restore-header.ts';
import { type LoadedHeader, loadHeader, readLuks2 } from '../luks/read-luks2.ts';
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
      const backup = readBackup(request.source);
      return compareHeaders(readOrNull(device), backup.loaded, device.sizeBytes);
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
  const { loaded, region } = device.withHeaderLock('shared', () => {
    const read = loadHeader(device);
    return { loaded: read, region: readHeaderRegion(device, read) };
  });
  writeNewFile(target, region);
  const { binary } = loaded.header;
  const uuid = displayUuid(decodeTextField(binary.uuid));
  return { path: target, uuid, seqid: Number(binary.seqid), sizeBytes: region.length };
}

function restore(path: string, source: string): HeaderResults['header-restore'] {
  using device = FileDevice.open(path, { isReadOnly: false });
  const backup = readBackup(source);
  const current = readOrNull(device);
  const preview = compareHeaders(current, backup.loaded, device.sizeBytes);
  const keptPath = keepHeader(device, current, backup.region.length);
  restoreHeader(device, current, backup);
  return { ...preview, keptPath };
}

function repair(path: string): RepairReport {
  using device = FileDevice.open(path, { isReadOnly: false });
  const before = checkHealth(device);
  const repaired = before.findings.filter(({ weight }) => weight === 'repairable');
  const remaining = before.findings.filter(({ weight }) => weight === 'damaged');
  const loaded = readLuks2(device);
  if (repaired.length === 0) return { backupPath: null, repaired, remaining };
  const backupPath = keepHeader(device, loaded, headerRegionBytes(loaded));
  finishWipes(device, repairHeaderCopies(device, loaded));
  const after = checkHealth(device).findings;
  return { backupPath, repaired, remaining: after.filter(({ weight }) => weight === 'damaged') };
}

/** Keeps the bytes that are about to be written over, as they are, beside the container. */
function keepHeader(device: FileDevice, current: LoadedHeader | null, newBytes: number): string {
  const currentBytes = current === null ? 0 : headerRegionBytes(current);
  const region = new Uint8Array(Math.min(Math.max(currentBytes, newBytes), device.sizeBytes));
  device.readInto(0, region);
  return keepHeaderFile(device.path, region);
}

function readBackup(source: string): Readonly<{ loaded: LoadedHeader; region: Uint8Array }> {
  using device = FileDevice.open(source, { isReadOnly: true, lock: 'none' });
  const loaded = readLuks2(device);
  return { loaded, region: readHeaderRegion(device, loaded) };
}

/** A header that cannot be read is what a restore is for; storage that fails is not. */
function readOrNull(device: FileDevice): LoadedHeader | null {
  try {
    return readLuks2(device);
  } catch (error) {
    if (error instanceof FormatError) return null;
    if (error instanceof VaultError && error.family === 'unsupported') return null;
    throw error;
  }
}
