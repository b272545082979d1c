import { randomBytes } from 'node:crypto';
import { constants, ftruncateSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchmarkRow } from '../../../shared/model/benchmark.ts';
import { KIB, MIB } from '../../../shared/units.ts';
import { CryptDevice } from '../../block/crypt-device.ts';
import { FileDevice } from '../../block/file-device.ts';
import { Arena } from '../../bytes/arena.ts';
import { chooseProvider, PROVIDERS_ARENA_BYTES } from '../../crypto/providers.ts';
import { InlineEngine } from '../../engine/inline-engine.ts';
import { toDeviceError } from '../../system/device-errors.ts';
import { measureInTurn, type Rounds } from './measure-rates.ts';

const FILE_BYTES = 128 * MIB;
const SECTOR_BYTES = 4 * KIB;
const REQUEST_SIZES = [4 * KIB, MIB] as const;

/**
 * Measures a folder's storage as it is and through encryption, in turn, with the system's file
 * cache as vaults use it. A file of 128 MiB is made there and removed.
 *
 * @throws DeviceError where the folder cannot be written.
 */
export function measureStorage(folder: string, rounds: Rounds): readonly BenchmarkRow[] {
  const path = join(folder, `.lockline-bench-${randomBytes(8).toString('hex')}`);
  using container = createFile(path);
  try {
    return measure(container, rounds);
  } finally {
    rmSync(path, { force: true });
  }
}

function createFile(path: string): FileDevice {
  try {
    const fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
    ftruncateSync(fd, FILE_BYTES);
    return FileDevice.adopt(path, fd, { isReadOnly: false });
  } catch (error) {
    throw toDeviceError(error, 'create', 0);
  }
}

function measure(container: FileDevice, rounds: Rounds): readonly BenchmarkRow[] {
  const arena = new Arena(CryptDevice.arenaBytes + PROVIDERS_ARENA_BYTES + 2 * MIB);
  const { provider } = chooseProvider(arena);
  const engine = new InlineEngine(container, provider, randomBytes(64), SECTOR_BYTES);
  const geometry = {
    offsetBytes: 0,
    lengthBytes: FILE_BYTES,
    sectorBytes: SECTOR_BYTES,
    ivTweakSectors: 0,
  };
  using vault = new CryptDevice(container, engine, geometry, arena);
  const buffer = arena.allocate(MIB, SECTOR_BYTES);
  for (let at = 0; at < FILE_BYTES; at += MIB) container.writeFrom(at, buffer);
  const cases = REQUEST_SIZES.flatMap((requestBytes) =>
    (['read', 'write'] as const).flatMap((direction) =>
      [
        { name: 'raw', device: container },
        { name: 'vault', device: vault },
      ].map(({ name, device }) => {
        const view = buffer.subarray(0, requestBytes);
        const next = randomOffsets(requestBytes);
        const run =
          direction === 'read'
            ? () => device.readInto(next(), view)
            : () => device.writeFrom(next(), view);
        return { name, direction, requestBytes, run };
      }),
    ),
  );
  const rates = measureInTurn(cases, rounds);
  return cases.map(({ name, direction, requestBytes }, index) => {
    const rate = rates[index];
    const toMib = (runs: number | undefined) => ((runs ?? 0) * requestBytes) / MIB;
    return {
      group: 'storage',
      name,
      direction,
      sectorBytes: name === 'vault' ? SECTOR_BYTES : null,
      requestBytes,
      depth: 1,
      unit: 'MiB/s',
      median: toMib(rate?.median),
      p5: toMib(rate?.p5),
      p95: toMib(rate?.p95),
      isReliable: rate?.isReliable ?? false,
    };
  });
}

/** Visits every request-sized place of the file in a fixed scattered order. */
function randomOffsets(requestBytes: number): () => number {
  const places = FILE_BYTES / requestBytes;
  const stride = Math.floor(places * 0.618) | 1; // odd: prime to a power of two
  let place = 0;
  return () => {
    place = (place + stride) % places;
    return place * requestBytes;
  };
}
