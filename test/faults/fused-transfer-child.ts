import { FileDevice } from '../../main/block/file-device.ts';
import { Arena } from '../../main/bytes/arena.ts';
import { createNativeProvider } from '../../main/crypto/xts-native.ts';
import { readSectors, writeSectors } from '../../main/engine/sector-transfer.ts';
import { VaultError } from '../../shared/errors/vault-error.ts';
import { MIB } from '../../shared/units.ts';

/** Writes 1 MiB, reads it back twice, and prints how each went. */

const [, , path = ''] = process.argv;
using device = FileDevice.open(path, { isReadOnly: false });
const arena = new Arena(2 * MIB);
const provider = createNativeProvider(arena);
const view = arena.allocate(MIB, 4096);
const key = new Uint8Array(64).fill(5);
using encrypt = provider.createTransform('encrypt', key, 4096);
using decrypt = provider.createTransform('decrypt', key, 4096);

function outcomeOf(step: () => string): unknown {
  try {
    return step();
  } catch (error) {
    if (error instanceof VaultError) return { code: error.code, data: error.data };
    throw error;
  }
}

function read(): string {
  readSectors(device, decrypt, 0, view, 0);
  return view.equals(Buffer.alloc(MIB, 7)) ? 'equal' : 'different';
}

const write = outcomeOf(() => {
  view.fill(7);
  writeSectors(device, encrypt, 0, view, 0);
  return 'done';
});
console.log(JSON.stringify({ write, read: outcomeOf(read), again: outcomeOf(read) }));
