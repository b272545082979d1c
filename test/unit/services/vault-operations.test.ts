import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SecretBytes } from '../../../main/bytes/secret-bytes.ts';
import { createVault } from '../../../main/services/vault-operations.ts';
import { openDatabase } from '../../../main/store/database.ts';
import { VaultRepository } from '../../../main/store/vault-repository.ts';
import { DEFAULT_CREATE_OPTIONS } from '../../../shared/model/create-options.ts';
import { MIB } from '../../../shared/units.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('createVault()', () => {
  it('has made the vault where only the list cannot be written, and says so', async () => {
    using folder = temporaryFolder();
    const database = openDatabase(folder.file('lockline.db'));
    database.pragma('query_only = ON');
    using passphrase = SecretBytes.copyOf(Buffer.from('right'));
    const options = {
      ...DEFAULT_CREATE_OPTIONS,
      sizeBytes: 32 * MIB,
      kdf: { type: 'pbkdf2', forcedIterations: 1000 },
    } as const;
    let unlisted = 0;
    const onUnlisted = () => {
      unlisted += 1;
    };
    const path = folder.file('vault');
    const vaults = new VaultRepository(database);
    const made = await createVault(vaults, { path: path, options: options }, passphrase, {
      onUnlisted,
    });
    expect(made).toMatchObject({ vaultId: null, containerBytes: 32 * MIB });
    expect(existsSync(path)).toBe(true);
    expect(unlisted).toBe(1);
    database.close();
  });
});
