import { afterEach, describe, expect, it, vi } from 'vitest';
import { MemoryDevice } from '../../../main/block/memory-device.ts';
import { SecretBytes } from '../../../main/bytes/secret-bytes.ts';
import { formatLuks2 } from '../../../main/luks/format-luks2.ts';
import { readLuks2 } from '../../../main/luks/read-luks2.ts';
import { unlockLuks2 } from '../../../main/luks/unlock-luks2.ts';
import { updateHeader } from '../../../main/luks/update-header.ts';
import { verifyPassphrase } from '../../../main/luks/verify-passphrase.ts';
import { DeviceError } from '../../../shared/errors/vault-error.ts';
import { MIB } from '../../../shared/units.ts';
import {
  CHEAP_KDFS,
  formatInMemory,
  patchJson,
  secretOf,
  TEST_PASSPHRASE,
} from '../../support/luks-fixtures.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

async function unlockKey(
  device: MemoryDevice,
  passphrase: string,
  keyslotId?: number,
): Promise<Uint8Array> {
  using secret = secretOf(passphrase);
  const options = keyslotId === undefined ? {} : { keyslotId };
  using volume = await unlockLuks2(device, readLuks2(device), secret, options);
  return volume.volumeKey.bytes.slice();
}

describe('format and unlock', () => {
  it.each([
    [32, 512, 'argon2id'],
    [64, 4096, 'argon2i'],
    [64, 1024, 'pbkdf2'],
  ] as const)(
    'gives the same key back: %i-byte key, %i-byte sectors, %s',
    async (keyBytes, sectorBytes, type) => {
      const { device, volumeKey, uuid } = await formatInMemory({
        keyBytes,
        sectorBytes,
        kdf: CHEAP_KDFS[type],
      });
      using secret = secretOf(TEST_PASSPHRASE);
      using volume = await unlockLuks2(device, readLuks2(device), secret);
      expect(Buffer.from(volume.volumeKey.bytes).equals(volumeKey)).toBe(true);
      expect(volume).toMatchObject({ keyslotId: 0, uuid });
      expect(volume.segment).toEqual({
        offsetBytes: 16 * MIB,
        lengthBytes: MIB,
        ivTweakSectors: 0,
        sectorBytes,
        cipher: 'aes-xts-plain64',
      });
    },
  );

  it('says passphrase-wrong to every other passphrase', async () => {
    const { device } = await formatInMemory();
    for (const wrong of ['', 'correct horse batterz', `${TEST_PASSPHRASE}\n`, 'x'.repeat(512)]) {
      await expect(unlockKey(device, wrong)).rejects.toMatchObject({ code: 'passphrase-wrong' });
    }
    await expect(unlockKey(device, TEST_PASSPHRASE, 3)).rejects.toMatchObject({
      code: 'keyslot-inactive',
    });
  });

  it('is refused where the header changed since it was read', async () => {
    const { device } = await formatInMemory();
    const loaded = readLuks2(device);
    updateHeader(device, loaded, { label: 'theirs' });
    using secret = secretOf(TEST_PASSPHRASE);
    const refused = unlockLuks2(device, loaded, secret);
    await expect(refused).rejects.toMatchObject({ code: 'header-changed' });
  });

  it('tells its phases, and refuses what does not fit', async () => {
    const phases: string[] = [];
    await formatInMemory({ onPhase: (phase) => phases.push(phase) });
    expect(phases).toEqual(['calibrating', 'deriving', 'syncing']);
    await expect(formatInMemory({ label: 'é'.repeat(24) })).rejects.toMatchObject({
      code: 'payload-invalid',
      data: { path: 'label' },
    });
    await expect(formatInMemory({ uuid: '../../etc' })).rejects.toMatchObject({
      code: 'payload-invalid',
    });
    using secret = secretOf('x');
    const small = new MemoryDevice(new Uint8Array(16 * MIB + 511));
    const options = {
      label: '',
      subsystem: '',
      sectorBytes: 512,
      keyBytes: 64,
      kdf: CHEAP_KDFS.pbkdf2,
    } as const;
    await expect(formatLuks2(small, options, secret)).rejects.toMatchObject({
      code: 'size-invalid',
    });
  });

  it('verifyPassphrase names the keyslot and needs no cipher of ours', async () => {
    const { device } = await formatInMemory();
    patchJson(device, (text) =>
      text.replace(
        '"encryption":"aes-xts-plain64","sector',
        '"encryption":"serpent-xts-plain64","sector',
      ),
    );
    using secret = secretOf(TEST_PASSPHRASE);
    expect(await verifyPassphrase(device, readLuks2(device), secret)).toEqual({ keyslotId: 0 });
    await expect(unlockKey(device, TEST_PASSPHRASE)).rejects.toMatchObject({
      code: 'cipher-unsupported',
    });
  });
});

describe('priorities', () => {
  it('an ignored keyslot opens only when it is asked for', async () => {
    const { device, volumeKey } = await formatInMemory();
    patchJson(device, (text) => text.replace('"type":"luks2",', '"type":"luks2","priority":0,'));
    await expect(unlockKey(device, TEST_PASSPHRASE)).rejects.toMatchObject({
      code: 'passphrase-wrong',
    });
    expect(Buffer.from(await unlockKey(device, TEST_PASSPHRASE, 0)).equals(volumeKey)).toBe(true);
  });
});

describe('a digest that cannot verify opens nothing', () => {
  const digestOf = /"digest":"[^"]*"/;
  it.each([
    ['no digest', (text: string) => text.replace(/,"digest":"[^"]*"/, '')],
    ['an empty digest', (text: string) => text.replace(digestOf, '"digest":""')],
    ['a digest of one byte', (text: string) => text.replace(digestOf, '"digest":"AA=="')],
    [
      'a digest of 64 bytes',
      (text: string) => text.replace(digestOf, `"digest":"${'A'.repeat(86)}=="`),
    ],
    [
      'base64 with a line break',
      (text: string) => text.replace(digestOf, '"digest":"AAAA\\nAAAA"'),
    ],
    ['a number', (text: string) => text.replace(digestOf, '"digest":5')],
    [
      'a short salt',
      (text: string) => text.replace(/"salt":"[^"]*","digest"/, '"salt":"AAAA","digest"'),
    ],
    ['no iterations', (text: string) => text.replace('"iterations":100000,', '')],
    ['zero iterations', (text: string) => text.replace('"iterations":100000,', '"iterations":0,')],
    [
      'an unknown hash',
      (text: string) =>
        text.replace('"hash":"sha256","iterations":100000', '"hash":"md5","iterations":100000'),
    ],
    [
      'another type',
      (text: string) => text.replace('"type":"pbkdf2","keyslots"', '"type":"none","keyslots"'),
    ],
  ])('%s', async (_name, edit) => {
    const { device } = await formatInMemory();
    patchJson(device, edit);
    await expect(unlockKey(device, TEST_PASSPHRASE)).rejects.toMatchObject({
      code: 'digest-invalid',
    });
    await expect(unlockKey(device, 'any other')).rejects.toMatchObject({ code: 'digest-invalid' });
  });

  it('a wrong digest says passphrase-wrong', async () => {
    const { device } = await formatInMemory();
    patchJson(device, (text) => text.replace(digestOf, `"digest":"${'A'.repeat(43)}="`));
    await expect(unlockKey(device, TEST_PASSPHRASE)).rejects.toMatchObject({
      code: 'passphrase-wrong',
    });
  });
});

describe('what may not be served is refused before any key is derived', () => {
  it.each([
    ['requirement-unknown', '"config":{', '"config":{"requirements":{"mandatory":["future"]},'],
    [
      'segment-type-unsupported',
      '"sector_size":4096',
      '"sector_size":4096,"integrity":{"type":"x"}',
    ],
    ['segment-type-unsupported', '"iv_tweak":"0"', `"iv_tweak":"${2n ** 62n}"`],
    [
      'cipher-unsupported',
      '"encryption":"aes-xts-plain64","sector',
      '"encryption":"cipher_null-ecb","sector',
    ],
    ['metadata-invalid', '"sector_size":4096', '"sector_size":8192'],
    ['container-truncated', '"size":"dynamic"', `"size":"${4 * MIB}"`],
  ])('%s: %s becomes %s', async (code, from, to) => {
    const { device } = await formatInMemory({
      kdf: { type: 'argon2id', forcedIterations: 4, memoryKib: 256 * 1024, parallel: 1 },
    });
    patchJson(device, (text) => text.replace(from, to));
    const startMs = performance.now();
    await expect(unlockKey(device, TEST_PASSPHRASE)).rejects.toMatchObject({ code });
    expect(performance.now() - startMs).toBeLessThan(200);
  });

  it('a tweak just below 2^64 is served as the negative number it is modulo 2^64', async () => {
    const { device } = await formatInMemory();
    patchJson(device, (text) => text.replace('"iv_tweak":"0"', `"iv_tweak":"${2n ** 64n - 8n}"`));
    using secret = secretOf(TEST_PASSPHRASE);
    using volume = await unlockLuks2(device, readLuks2(device), secret);
    expect(volume.segment.ivTweakSectors).toBe(-8);
  });
});

describe('scratch memory', () => {
  /** Every piece of secret memory that is allocated from now on. */
  function recordSecrets(): Uint8Array[] {
    const recorded: Uint8Array[] = [];
    const allocate = SecretBytes.allocate.bind(SecretBytes);
    vi.spyOn(SecretBytes, 'allocate').mockImplementation((lengthBytes) => {
      const secret = allocate(lengthBytes);
      recorded.push(secret.bytes);
      return secret;
    });
    return recorded;
  }
  const isZero = (bytes: Uint8Array) => bytes.every((byte) => byte === 0);

  it('is zero after an unlock, but for the volume key, which is zero once disposed', async () => {
    const { device, volumeKey } = await formatInMemory();
    using secret = secretOf(TEST_PASSPHRASE);
    const recorded = recordSecrets();
    const volume = await unlockLuks2(device, readLuks2(device), secret);
    const alive = recorded.filter((bytes) => !isZero(bytes));
    expect(recorded.length).toBeGreaterThan(4);
    expect(alive).toHaveLength(1);
    expect(Buffer.from(alive[0] ?? []).equals(volumeKey)).toBe(true);
    volume[Symbol.dispose]();
    expect(recorded.every(isZero)).toBe(true);
  });

  it('is zero after a wrong passphrase and after a format', async () => {
    const { device } = await formatInMemory();
    using secret = secretOf('wrong');
    const recorded = recordSecrets();
    await expect(unlockLuks2(device, readLuks2(device), secret)).rejects.toMatchObject({
      code: 'passphrase-wrong',
    });
    await formatInMemory();
    expect(recorded.length).toBeGreaterThan(8);
    expect(recorded.every(isZero)).toBe(true);
  });

  it('is zero after a storage failure in the middle', async () => {
    const { device } = await formatInMemory();
    const loaded = readLuks2(device);
    using secret = secretOf(TEST_PASSPHRASE);
    const recorded = recordSecrets();
    vi.spyOn(device, 'readInto').mockImplementation(() => {
      throw new DeviceError('io-error', { operation: 'read' });
    });
    await expect(unlockLuks2(device, loaded, secret)).rejects.toMatchObject({ code: 'io-error' });
    expect(recorded.length).toBeGreaterThan(0);
    expect(recorded.every(isZero)).toBe(true);
  });
});
