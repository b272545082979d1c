import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileDevice } from '../../main/block/file-device.ts';
import { readLuks2 } from '../../main/luks/read-luks2.ts';
import { unlockLuks2 } from '../../main/luks/unlock-luks2.ts';
import { verifyPassphrase } from '../../main/luks/verify-passphrase.ts';
import { secretOf } from '../support/luks-fixtures.ts';
import { fileHash, hasCorpus, type UnpackedCorpus, unpackCorpus } from './corpus-archive.ts';

type Sample = Readonly<{
  file: string;
  version?: string;
  expected?: string;
  unlocks_with?: string[];
  volume_key_hex?: string;
}>;

/** Valid, unlocked by their passphrase, and still not to be served. */
const REFUSED: Readonly<Record<string, string>> = {
  'compatimage2.img': 'cipher-unsupported',
  'luks2_invalid_cipher.img': 'cipher-unsupported',
  luks2_header_requirements: 'requirement-unknown',
};

describe.skipIf(!hasCorpus('samples.tar.xz'))('LUKS2 samples', () => {
  let corpus: UnpackedCorpus;
  let samples: readonly Sample[];
  beforeAll(() => {
    corpus = unpackCorpus('samples');
    samples = JSON.parse(readFileSync(join(corpus.path, 'manifest.json'), 'utf8'));
  });
  afterAll(() => corpus[Symbol.dispose]());

  it('those that may be served open with the recorded volume key, the others are refused', async () => {
    const luks2 = samples.filter(({ version }) => version === '2');
    expect(luks2).toHaveLength(7);
    for (const { file, unlocks_with: passphrases = [], volume_key_hex: keyHex } of luks2) {
      const path = join(corpus.path, file);
      const before = fileHash(path);
      using device = FileDevice.open(path, { isReadOnly: true });
      using secret = secretOf(passphrases[0] ?? '');
      const code = REFUSED[file];
      if (code === undefined) {
        using volume = await unlockLuks2(device, readLuks2(device), secret);
        expect(Buffer.from(volume.volumeKey.bytes).toString('hex'), file).toBe(keyHex);
      } else {
        await expect(unlockLuks2(device, readLuks2(device), secret), file).rejects.toMatchObject({
          code,
        });
      }
      expect(fileHash(path), file).toBe(before);
    }
  });

  it('a cipher that is only tested, not served, still says which keyslot opens', async () => {
    for (const file of ['compatimage2.img', 'luks2_invalid_cipher.img']) {
      using device = FileDevice.open(join(corpus.path, file), { isReadOnly: true });
      using secret = secretOf(
        samples.find((sample) => sample.file === file)?.unlocks_with?.[0] ?? '',
      );
      await expect(
        verifyPassphrase(device, readLuks2(device), secret),
        file,
      ).resolves.toHaveProperty('keyslotId');
    }
  });

  it('LUKS1 is named as a version that is not supported', () => {
    for (const { file } of samples.filter(
      ({ version, expected }) => version === '1' || expected === 'reject',
    )) {
      using device = FileDevice.open(join(corpus.path, file), { isReadOnly: true });
      expect(() => readLuks2(device), file).toThrow(
        expect.objectContaining({ code: 'version-unsupported' }),
      );
    }
  });
});
