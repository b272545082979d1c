import { execFileSync } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SecretBytes } from '../../main/bytes/secret-bytes.ts';
import { createContainer } from '../../main/session/create-container.ts';
import { type CreateOptions, KDF_TYPES } from '../../shared/model/create-options.ts';
import { MIB } from '../../shared/units.ts';
import { decryptIndependently, readIndependentVolume } from '../support/independent-volume.ts';
import { requireTool } from '../support/require-tool.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const hasTools =
  requireTool('cryptsetup', 'cryptsetup-bin') && requireTool('fsck.fat', 'dosfstools');

const CASES = KDF_TYPES.flatMap((kdf) =>
  ([256, 512] as const).flatMap((keyBits) =>
    ([512, 1024, 2048, 4096] as const).map((sectorBytes) => ({ kdf, keyBits, sectorBytes })),
  ),
);

function optionsOf({ kdf, keyBits, sectorBytes }: (typeof CASES)[number]): CreateOptions {
  const forced =
    kdf === 'pbkdf2' ? { forcedIterations: 1000 } : { forcedIterations: 4, memoryKib: 64 };
  return {
    sizeBytes: 33 * MIB,
    label: 'Interop',
    subsystem: 'lockline',
    filesystem: 'fat32',
    sectorBytes,
    keyBits,
    kdf: { type: kdf, ...forced },
    allocate: false,
  };
}

describe.skipIf(!hasTools)('createContainer()', () => {
  it.each(CASES)('makes what cryptsetup opens and fsck.fat finds clean: %o', async (options) => {
    using folder = temporaryFolder();
    const path = folder.file('vault');
    const keyfile = folder.file('key');
    writeFileSync(keyfile, 'correct horse');
    using passphrase = SecretBytes.copyOf(Buffer.from('correct horse'));
    const { uuid } = await createContainer(
      { path, options: optionsOf(options) },
      passphrase,
      () => {},
    );

    const dump = execFileSync('cryptsetup', ['luksDump', path], { encoding: 'utf8' });
    expect(dump).toContain(uuid);
    expect(dump).toMatch(/Label:\s+Interop/);
    expect(dump).toMatch(/Subsystem:\s+lockline/);
    expect(dump).toMatch(new RegExp(`PBKDF:\\s+${options.kdf}`));
    execFileSync('cryptsetup', ['open', '--test-passphrase', '--key-file', keyfile, path]);

    const volume = await readIndependentVolume(path, 'correct horse');
    expect(volume.key.length * 8).toBe(options.keyBits);
    expect(volume.sectorBytes).toBe(options.sectorBytes);
    const image = folder.file('plain.img');
    writeFileSync(image, decryptIndependently(path, volume));
    execFileSync('fsck.fat', ['-n', image]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});
