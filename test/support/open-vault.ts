import { createHash } from 'node:crypto';
import type { BlockCache } from '../../main/block/block-cache.ts';
import { FileDevice } from '../../main/block/file-device.ts';
import { Arena } from '../../main/bytes/arena.ts';
import type { FileSystem } from '../../main/filesystem/file-system.ts';
import { readLuks2 } from '../../main/luks/read-luks2.ts';
import { unlockLuks2 } from '../../main/luks/unlock-luks2.ts';
import { buildVolumeStack, volumeStackArenaBytes } from '../../main/session/volume-stack.ts';
import { MIB } from '../../shared/units.ts';
import { mountFat } from './fat-fixture.ts';
import { secretOf } from './luks-fixtures.ts';

const CACHE_BYTES = 4 * MIB;
const READ_BYTES = MIB;

/** A vault file unlocked by our own engine in this process. */
export type OpenVault = Readonly<{
  volume: BlockCache;
  volumeKey: Uint8Array;
  uuid: string;
  /** Encryption sector, bytes. */
  sectorBytes: number;
}>;

/** Unlocks a vault file, lets `use` work on it and locks it again. */
export async function withVault<T>(
  path: string,
  passphrase: string,
  use: (vault: OpenVault) => T,
): Promise<T> {
  using container = FileDevice.open(path, { isReadOnly: false });
  using secret = secretOf(passphrase);
  using unlocked = await unlockLuks2(container, readLuks2(container), secret);
  const arena = new Arena(volumeStackArenaBytes(CACHE_BYTES));
  using stack = buildVolumeStack(container, unlocked.segment, arena, {
    volumeKey: unlocked.volumeKey.bytes,
    cacheBytes: CACHE_BYTES,
  });
  const outcome = use({
    volume: stack.cache,
    volumeKey: unlocked.volumeKey.bytes,
    uuid: unlocked.uuid,
    sectorBytes: unlocked.segment.sectorBytes,
  });
  stack.cache.flush();
  return outcome;
}

/** Mounts the FAT32 of an open vault with our own driver. */
export function withFat<T>(vault: OpenVault, use: (fileSystem: FileSystem) => T): T {
  using fileSystem = mountFat(vault.volume);
  const outcome = use(fileSystem);
  fileSystem.sync();
  return outcome;
}

/** The plaintext of the last encryption sector. */
export function lastSector(vault: OpenVault): Buffer {
  const sector = Buffer.alloc(vault.sectorBytes);
  vault.volume.readInto(vault.volume.sizeBytes - sector.length, sector);
  return sector;
}

/** SHA-256 of the whole plaintext, as our engine decrypts it. */
export function hashVolume(vault: OpenVault): string {
  const hash = createHash('sha256');
  for (let at = 0; at < vault.volume.sizeBytes; at += READ_BYTES) {
    const part = Buffer.alloc(Math.min(READ_BYTES, vault.volume.sizeBytes - at));
    vault.volume.readInto(at, part);
    hash.update(part);
  }
  return hash.digest('hex');
}
