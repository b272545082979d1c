import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FileDevice } from '../../../main/block/file-device.ts';
import { SecretBytes } from '../../../main/bytes/secret-bytes.ts';
import { deleteContainer } from '../../../main/services/delete-container.ts';
import { createContainer } from '../../../main/session/create-container.ts';
import { DEFAULT_CREATE_OPTIONS } from '../../../shared/model/create-options.ts';
import { MIB } from '../../../shared/units.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const OPTIONS = {
  ...DEFAULT_CREATE_OPTIONS,
  sizeBytes: 32 * MIB,
  filesystem: 'none',
  kdf: { type: 'pbkdf2', forcedIterations: 1000 },
} as const;
const coded = (code: string) => expect.objectContaining({ code });

describe('deleteContainer()', () => {
  it('deletes the vault that is meant, and no other, none in use and no other file', async () => {
    using folder = temporaryFolder();
    using passphrase = SecretBytes.copyOf(Buffer.from('right'));
    const path = folder.file('vault');
    const { uuid } = await createContainer({ path, options: OPTIONS }, passphrase, () => {});
    const other = folder.file('other');
    await createContainer({ path: other, options: OPTIONS }, passphrase, () => {});

    // Another vault has taken the place of the one that is meant.
    copyFileSync(path, folder.file('kept'));
    copyFileSync(other, path);
    expect(() => deleteContainer(path, uuid)).toThrow(coded('header-changed'));
    writeFileSync(path, 'a letter');
    expect(() => deleteContainer(path, uuid)).toThrow(coded('not-luks'));
    expect(existsSync(path)).toBe(true);

    copyFileSync(folder.file('kept'), path);
    {
      using _open = FileDevice.open(path, { isReadOnly: false });
      expect(() => deleteContainer(path, uuid)).toThrow(coded('device-busy'));
      expect(existsSync(path)).toBe(true);
    }
    deleteContainer(path, uuid);
    expect(existsSync(path)).toBe(false);
    deleteContainer(path, uuid);
  });
});
