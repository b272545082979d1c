import { randomBytes } from 'node:crypto';
import { ftruncateSync, openSync } from 'node:fs';
import { BlockCache } from '../../main/block/block-cache.ts';
import { CryptDevice } from '../../main/block/crypt-device.ts';
import { FileDevice } from '../../main/block/file-device.ts';
import { Arena } from '../../main/bytes/arena.ts';
import { chooseProvider, PROVIDERS_ARENA_BYTES } from '../../main/crypto/providers.ts';
import { InlineEngine } from '../../main/engine/inline-engine.ts';
import { formatFat32 } from '../../main/filesystem/fat/format-fat32.ts';
import { mountFat32 } from '../../main/filesystem/fat/mount-fat32.ts';
import { ROOT_NODE } from '../../main/filesystem/file-system.ts';
import { KIB, MIB } from '../../shared/units.ts';
import type { Subject } from './measure.ts';

const VOLUME_BYTES = 512 * MIB;
const FILE_BYTES = 256 * MIB;
const CACHE_BYTES = 64 * MIB;
const SECTOR_BYTES = 4 * KIB;

type Direction = Subject['direction'];

/** Walks a range in requests of one size: in order, or at random. */
function offsets(rangeBytes: number, requestBytes: number, isRandom: boolean): () => number {
  const requests = Math.floor(rangeBytes / requestBytes);
  let next = 0;
  return () => {
    next = isRandom ? Math.floor(Math.random() * requests) : (next + 1) % requests;
    return next * requestBytes;
  };
}

const PATTERNS = [
  { pattern: 'sequential 1 MiB', requestBytes: MIB, isRandom: false },
  { pattern: 'random 4 KiB', requestBytes: 4 * KIB, isRandom: true },
] as const;

/**
 * Builds the layers of one volume in a folder (tmpfs) and returns what to measure of each, from the
 * provider alone up to the filesystem.
 *
 * @param pinned - Name of the provider to use; default: the one that a mount takes.
 */
export function buildLayers(
  folder: string,
  pinned: string | undefined,
): Readonly<{ provider: string; subjects: Subject[] }> {
  const fd = openSync(`${folder}/container`, 'w+', 0o600);
  ftruncateSync(fd, VOLUME_BYTES);
  const container = FileDevice.adopt(`${folder}/container`, fd, { isReadOnly: false });
  const arena = new Arena(
    2 * CryptDevice.arenaBytes +
      PROVIDERS_ARENA_BYTES +
      BlockCache.arenaBytes(CACHE_BYTES) +
      4 * MIB,
  );
  const geometry = {
    offsetBytes: 0,
    lengthBytes: VOLUME_BYTES,
    sectorBytes: SECTOR_BYTES,
    ivTweakSectors: 0,
  };
  const key = randomBytes(64);
  const { provider } = chooseProvider(arena, { pinned });
  const engine = new InlineEngine(container, provider, key, SECTOR_BYTES);
  const crypt = new CryptDevice(container, engine, geometry, arena);
  const cache = new BlockCache(crypt, arena, CACHE_BYTES);
  formatFat32(cache, { label: 'BENCH' });
  const fileSystem = mountFat32(cache, { isReadOnly: false, uid: 0, gid: 0, discardFreed: false });
  const buffer = arena.allocate(MIB, 4096);
  const node = fileSystem.create(ROOT_NODE, Buffer.from('file'), 0o600, { uid: 0, gid: 0 });
  fileSystem.open(node);
  for (let at = 0; at < FILE_BYTES; at += MIB) fileSystem.write(node, at, buffer);
  fileSystem.sync();

  const subjects: Subject[] = [];
  for (const { pattern, requestBytes, isRandom } of PATTERNS) {
    const view = buffer.subarray(0, requestBytes);
    const add = (layer: string, direction: Direction, run: () => void) =>
      subjects.push({ layer, pattern, direction, requestBytes, run });
    const encrypt = provider.createTransform('encrypt', key, SECTOR_BYTES);
    const decrypt = provider.createTransform('decrypt', key, SECTOR_BYTES);
    add('provider', 'read', () => decrypt.apply(view.byteOffset, view.length, 8));
    add('provider', 'write', () => encrypt.apply(view.byteOffset, view.length, 8));
    // Above the filesystem's own blocks: what is written there is never read as a file.
    const blocks = offsets(VOLUME_BYTES - FILE_BYTES - 64 * MIB, requestBytes, isRandom);
    const spare = FILE_BYTES + 64 * MIB;
    add('crypt device', 'read', () => crypt.readInto(spare + blocks(), view));
    add('crypt device', 'write', () => crypt.writeFrom(spare + blocks(), view));
    const places = offsets(FILE_BYTES, requestBytes, isRandom);
    add('filesystem', 'read', () => {
      fileSystem.read(node, places(), view);
    });
    add('filesystem', 'write', () => {
      fileSystem.write(node, places(), view);
    });
  }
  return { provider: provider.name, subjects };
}
