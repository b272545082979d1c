import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileDevice } from '../../main/block/file-device.ts';
import { SecretBytes } from '../../main/bytes/secret-bytes.ts';
import {
  readContainer,
  unlockVolume,
  verifyContainerPassphrase,
} from '../../main/luks/container.ts';
import { VaultError } from '../../shared/errors/vault-error.ts';
import { secretOf } from '../support/luks-fixtures.ts';
import { readPlaintext } from '../support/read-plaintext.ts';
import { fileHash, hasCorpus, type UnpackedCorpus, unpackCorpus } from './corpus-archive.ts';

type Sample = Readonly<{
  file: string;
  expected?: string;
  unlocks_with?: string[];
  volume_key_hex?: string;
  plaintext_sha256?: string;
  plaintext_len?: number;
}>;

const SAMPLES = 13;

/** Valid, and still not to be served. */
const REFUSED: Readonly<Record<string, string>> = {
  'luks1_serpent-xts-plain64-sha256.img': 'cipher-unsupported',
  'luks2_invalid_cipher.img': 'cipher-unsupported',
  luks2_header_requirements: 'requirement-unknown',
};

describe.skipIf(!hasCorpus('samples.tar.xz'))('samples', () => {
  let corpus: UnpackedCorpus;
  let samples: readonly Sample[];
  beforeAll(() => {
    corpus = unpackCorpus('samples');
    samples = JSON.parse(readFileSync(join(corpus.path, 'manifest.json'), 'utf8'));
  });
  afterAll(() => corpus[Symbol.dispose]());

  function secretFor({ unlocks_with: [first = ''] = [] }: Sample): SecretBytes {
    return first === 'keyfile1'
      ? SecretBytes.copyOf(readFileSync(join(corpus.path, first)))
      : secretOf(first);
  }

  it('those that may be served open with the recorded key and plaintext, the others are refused', async () => {
    expect(samples).toHaveLength(SAMPLES);
    for (const sample of samples.filter(({ expected }) => expected === undefined)) {
      const { file, volume_key_hex: keyHex, plaintext_len: lengthBytes = 0 } = sample;
      const path = join(corpus.path, file);
      const before = fileHash(path);
      using device = FileDevice.open(path, { isReadOnly: true });
      using secret = secretFor(sample);
      const code = REFUSED[file];
      const unlocked = unlockVolume(device, readContainer(device), secret);
      if (code === undefined) {
        using volume = await unlocked;
        expect(Buffer.from(volume.volumeKey.bytes).toString('hex'), file).toBe(keyHex);
        const plaintext = readPlaintext(device, volume).subarray(0, lengthBytes);
        if (sample.plaintext_sha256 !== undefined)
          expect(createHash('sha256').update(plaintext).digest('hex'), file).toBe(
            sample.plaintext_sha256,
          );
      } else {
        await expect(unlocked, file).rejects.toMatchObject({ code });
      }
      expect(fileHash(path), file).toBe(before);
    }
  });

  it('a cipher that is only tested, not served, still says which keyslot opens', async () => {
    const sample = samples.find(({ file }) => file === 'luks2_invalid_cipher.img');
    if (sample === undefined) throw new Error('sample is missing');
    using device = FileDevice.open(join(corpus.path, sample.file), { isReadOnly: true });
    using secret = secretFor(sample);
    await expect(
      verifyContainerPassphrase(device, readContainer(device), secret),
    ).resolves.toHaveProperty('keyslotId');
  });

  it('headers that were made to do harm are refused', () => {
    const evil = samples.filter(({ expected }) => expected === 'reject');
    expect(evil).toHaveLength(2);
    for (const { file } of evil) {
      using device = FileDevice.open(join(corpus.path, file), { isReadOnly: true });
      expect(() => readContainer(device), file).toThrow(VaultError);
    }
  });
});
