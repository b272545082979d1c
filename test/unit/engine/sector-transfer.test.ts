import { closeSync, ftruncateSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FileDevice } from '../../../main/block/file-device.ts';
import { Arena } from '../../../main/bytes/arena.ts';
import { createEcbWasmProvider } from '../../../main/crypto/xts-ecb-wasm.ts';
import {
  createNativeProvider,
  listNativeImplementations,
} from '../../../main/crypto/xts-native.ts';
import { isFused, type XtsProvider } from '../../../main/crypto/xts-provider.ts';
import type { EngineStorage } from '../../../main/engine/engine.ts';
import { readSectors, writeSectors } from '../../../main/engine/sector-transfer.ts';
import { KIB, MIB } from '../../../shared/units.ts';
import { hasNativeAddon } from '../../support/build-native.ts';
import { FaultDevice } from '../../support/fault-device.ts';
import { openSslXts } from '../../support/openssl-xts.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const KEY = seededRandom(3).bytes(64);
const isBuilt = hasNativeAddon();

type Create = (arena: Arena) => XtsProvider;
const native = (implementation: string): readonly [string, Create] => [
  `native by ${implementation}`,
  (arena) => createNativeProvider(arena, { implementation }),
];
const providers: readonly (readonly [string, Create])[] = [
  ['ecb-wasm', createEcbWasmProvider],
  ...(isBuilt ? listNativeImplementations().map(native) : []),
];

function setUp(create: Create, sectorBytes: number) {
  const arena = new Arena(4 * MIB);
  const provider = create(arena);
  return {
    view: arena.allocate(MIB, 4096),
    encrypt: provider.createTransform('encrypt', KEY, sectorBytes),
    decrypt: provider.createTransform('decrypt', KEY, sectorBytes),
  };
}

/** A storage on a descriptor whose own functions must not be used. */
function descriptorOnly(fd: number, sizeBytes: number): EngineStorage {
  const unused = () => expect.fail('the descriptor was passed by');
  return { fd, sizeBytes, isReadOnly: false, readInto: unused, writeFrom: unused };
}

describe.each(providers)('readSectors() and writeSectors() with %s', (_, create) => {
  it.each([512, 4096])('equal OpenSSL on a file, %i-byte sectors', (sectorBytes) => {
    using folder = temporaryFolder();
    const path = folder.file('container');
    writeFileSync(path, seededRandom(1).bytes(2 * MIB));
    using device = FileDevice.open(path, { isReadOnly: false });
    const { view, encrypt, decrypt } = setUp(create, sectorBytes);
    const random = seededRandom(sectorBytes);
    for (const lengthBytes of [sectorBytes, 64 * KIB, 128 * KIB + sectorBytes, MIB]) {
      const offsetBytes = sectorBytes * random.below(MIB / sectorBytes);
      const ivSector = 2 ** 32 - 8 * random.below(4);
      const sectors = view.subarray(0, lengthBytes);
      sectors.fill(random.below(256));
      const plaintext = Buffer.from(sectors);
      const ciphertext = openSslXts(KEY, plaintext, sectorBytes, ivSector);
      writeSectors(device, encrypt, offsetBytes, sectors, ivSector);
      const stored = readFileSync(path).subarray(offsetBytes, offsetBytes + lengthBytes);
      expect(stored.equals(ciphertext)).toBe(true);
      expect(sectors.equals(ciphertext)).toBe(true);
      sectors.fill(0);
      readSectors(device, decrypt, offsetBytes, sectors, ivSector);
      expect(sectors.equals(plaintext)).toBe(true);
    }
  });

  it('report a file that became shorter, with the place where it ends', () => {
    using folder = temporaryFolder();
    const path = folder.file('container');
    writeFileSync(path, new Uint8Array(MIB));
    using device = FileDevice.open(path, { isReadOnly: false });
    ftruncateSync(device.fd, 200_000);
    const { view, decrypt } = setUp(create, 4096);
    expect(() => readSectors(device, decrypt, 8192, view.subarray(0, 512 * KIB), 0)).toThrow(
      expect.objectContaining({ code: 'short-read', data: { offsetBytes: 200_000 } }),
    );
    readSectors(device, decrypt, 8192, view.subarray(0, 128 * KIB), 0);
  });

  it('refuse a range past the end, and writing where only reading is allowed', () => {
    using folder = temporaryFolder();
    const path = folder.file('container');
    writeFileSync(path, new Uint8Array(64 * KIB));
    using device = FileDevice.open(path, { isReadOnly: true });
    const { view, encrypt, decrypt } = setUp(create, 512);
    const sectors = view.subarray(0, 1024);
    const end = 64 * KIB - 512;
    expect(() => readSectors(device, decrypt, end, sectors, 0)).toThrow(RangeError);
    expect(() => writeSectors(device, encrypt, 0, sectors, 0)).toThrow(
      expect.objectContaining({ code: 'read-only' }),
    );
    expect(readFileSync(path).equals(Buffer.alloc(64 * KIB))).toBe(true);
  });

  it('use the functions of a storage that is no file', () => {
    const storage = new FaultDevice(64 * KIB);
    const { view, encrypt, decrypt } = setUp(create, 512);
    const sectors = view.subarray(0, 4096);
    sectors.fill(9);
    writeSectors(storage, encrypt, 512, sectors, 1);
    expect(storage.events).toHaveLength(1);
    readSectors(storage, decrypt, 512, sectors, 1);
    expect(sectors.equals(Buffer.alloc(4096, 9))).toBe(true);
  });
});

describe.skipIf(!isBuilt)('the native transfer', () => {
  const create: Create = (arena) => createNativeProvider(arena);

  it('is one call: the storage functions are not used', () => {
    using folder = temporaryFolder();
    const fd = openSync(folder.file('container'), 'w+');
    ftruncateSync(fd, 64 * KIB);
    const { view, encrypt, decrypt } = setUp(create, 4096);
    const storage = descriptorOnly(fd, 64 * KIB);
    writeSectors(storage, encrypt, 4096, view.subarray(0, 8192), 8);
    readSectors(storage, decrypt, 4096, view.subarray(0, 8192), 8);
    closeSync(fd);
    expect(isFused(decrypt)).toBe(true);
    expect(view.subarray(0, 8192).equals(Buffer.alloc(8192))).toBe(true);
  });

  it('reports a full disk as FileDevice does', () => {
    const fd = openSync('/dev/full', 'r+');
    const { view, encrypt } = setUp(create, 4096);
    const storage = descriptorOnly(fd, MIB);
    expect(() => writeSectors(storage, encrypt, 4096, view.subarray(0, 4096), 0)).toThrow(
      expect.objectContaining({
        code: 'no-space',
        data: { errno: 'ENOSPC', operation: 'write', offsetBytes: 4096 },
      }),
    );
    closeSync(fd);
  });

  it('reports a failing disk: the first page of a process is one', () => {
    const fd = openSync('/proc/self/mem', 'r');
    const { view, decrypt } = setUp(create, 4096);
    expect(() =>
      readSectors(descriptorOnly(fd, MIB), decrypt, 0, view.subarray(0, 4096), 0),
    ).toThrow(
      expect.objectContaining({
        code: 'io-error',
        data: { errno: 'EIO', operation: 'read', offsetBytes: 0 },
      }),
    );
    closeSync(fd);
  });
});
