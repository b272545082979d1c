import { describe, expect, it } from 'vitest';
import { SecretBytes } from '../../../main/bytes/secret-bytes.ts';
import { calibrateKdf, KDF_MINIMUMS } from '../../../main/crypto/calibrate-kdf.ts';
import { estimateKdf } from '../../../main/crypto/estimate-kdf.ts';
import { deriveKey, type KdfParameters } from '../../../main/crypto/kdf.ts';
import { assertKdfWithinLimits, type KdfCost } from '../../../main/crypto/kdf-limits.ts';

const text = (value: string) => new TextEncoder().encode(value);

async function deriveHex(passphrase: string, kdf: KdfParameters, bytes: number): Promise<string> {
  using secret = SecretBytes.copyOf(text(passphrase));
  using key = await deriveKey(secret, kdf, bytes);
  return Buffer.from(key.bytes).toString('hex');
}

describe('known answers', () => {
  const argon2 = { time: 2, memoryKib: 65536, cpus: 1, salt: text('somesalt') } as const;

  it.each([
    ['argon2id', '09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7'],
    ['argon2i', 'c1628832147d9720c5bd1cfd61367078729f6dfb6f8fea9ff98158e0d7816ed0'],
  ] as const)('%s: vector of the reference implementation', async (type, expected) => {
    expect(await deriveHex('password', { type, ...argon2 }, 32)).toBe(expected);
  });

  it.each([
    ['sha1', 1, 20, '0c60c80f961f0e71f3a9b524af6012062fe037a6'],
    ['sha1', 4096, 20, '4b007901b765489abead49d926f721d065a429c1'],
    ['sha256', 1, 32, '120fb6cffcf8b32c43e7225256c4f837a86548c92ccc35480805987cb70be17b'],
    ['sha256', 4096, 32, 'c5e478d59288c841aa530db6845c4c8d962893a001ce4e11a4963873aa98134a'],
  ] as const)(
    'pbkdf2-%s, %i iterations: RFC 6070 and its SHA-256 twin',
    async (hash, iterations, bytes, expected) => {
      const kdf = { type: 'pbkdf2', hash, iterations, salt: text('salt') } as const;
      expect(await deriveHex('password', kdf, bytes)).toBe(expected);
    },
  );
});

describe('limits', () => {
  const argon2 = (time: number, memoryKib: number, cpus: number): KdfCost => ({
    type: 'argon2id',
    time,
    memoryKib,
    cpus,
  });
  const pbkdf2 = (iterations: number, hash: 'sha1' | 'sha256' = 'sha256'): KdfCost => ({
    type: 'pbkdf2',
    hash,
    iterations,
  });

  it.each([
    ['1 GiB, 4 passes, 4 lanes', argon2(4, 2 ** 20, 4)],
    ['1 GiB, 12 passes, 1 lane', argon2(12, 2 ** 20, 1)],
    ['PBKDF2 of a fast machine at 2 s', pbkdf2(12_000_000)],
  ])('%s is accepted: what cryptsetup writes', (_name, cost) => {
    expect(() => assertKdfWithinLimits(cost, 64)).not.toThrow();
  });

  it.each([
    ['memory over 4 GiB', argon2(4, 2 ** 22 + 1, 4), 'memoryKib'],
    ['4 GiB in one lane', argon2(4, 2 ** 22, 1), 'memoryPerLaneKib'],
    ['time of 32 bits', argon2(2 ** 32 - 1, 1024, 1), 'workKibPasses'],
    ['lanes', argon2(4, 2 ** 20, 17), 'cpus'],
    ['no lanes', argon2(4, 2 ** 20, 0), 'memoryPerLaneKib'],
    ['PBKDF2 of 31 bits', pbkdf2(2 ** 31 - 1), 'iterations'],
    ['PBKDF2 in four blocks', pbkdf2(40_000_000, 'sha1'), 'blockIterations'],
  ])('%s is refused', (_name, cost, limit) => {
    const refused = expect.objectContaining({
      code: 'kdf-cost-excessive',
      data: expect.objectContaining({ limit }),
    });
    expect(() => assertKdfWithinLimits(cost, 64)).toThrow(refused);
  });

  it('memory beyond three quarters of what is available is refused', () => {
    const real = process.availableMemory;
    process.availableMemory = () => 1024 ** 3;
    try {
      expect(() => assertKdfWithinLimits(argon2(4, 700 * 1024, 4), 64)).not.toThrow();
      expect(() => assertKdfWithinLimits(argon2(4, 900 * 1024, 4), 64)).toThrow(
        expect.objectContaining({ code: 'kdf-cost-excessive' }),
      );
    } finally {
      process.availableMemory = real;
    }
  });

  it('refuses before the cost is paid', async () => {
    const startMs = performance.now();
    const kdf = {
      type: 'argon2id',
      time: 1,
      memoryKib: 2 ** 23,
      cpus: 4,
      salt: text('somesalt'),
    } as const;
    await expect(deriveHex('password', kdf, 32)).rejects.toMatchObject({
      code: 'kdf-cost-excessive',
    });
    expect(performance.now() - startMs).toBeLessThan(500);
  });
});

describe('calibration', () => {
  it('reaches the memory bound before it adds passes, and the target roughly', async () => {
    const choice = { type: 'argon2id', targetMs: 400, memoryKib: 8 * 1024, parallel: 1 } as const;
    const estimate = await estimateKdf(choice);
    expect(estimate).toMatchObject({ type: 'argon2id', memoryKib: 8 * 1024, parallel: 1 });
    expect(estimate.iterations).toBeGreaterThanOrEqual(KDF_MINIMUMS.argon2Time);
    expect(estimate.milliseconds).toBeGreaterThan(100);
    expect(estimate.milliseconds).toBeLessThan(1600);
  });

  it('takes less memory rather than fewer than the minimum of passes', async () => {
    const cost = await calibrateKdf(
      { type: 'argon2i', targetMs: 100, memoryKib: 1024 * 1024, parallel: 1 },
      64,
    );
    if (cost.type === 'pbkdf2') throw new TypeError('asked for Argon2');
    expect(cost.memoryKib).toBeLessThan(1024 * 1024);
    expect(cost.time).toBe(KDF_MINIMUMS.argon2Time);
  });

  it('PBKDF2 scales iterations to the target', async () => {
    const short = await estimateKdf({ type: 'pbkdf2', targetMs: 100 });
    const long = await estimateKdf({ type: 'pbkdf2', targetMs: 2000 });
    expect(short.iterations).toBeGreaterThanOrEqual(KDF_MINIMUMS.pbkdf2Iterations);
    expect(long.iterations / short.iterations).toBeGreaterThan(5);
    expect(long.memoryKib).toBe(0);
  });

  it('forced costs are taken as they are', async () => {
    const choice = { type: 'argon2id', forcedIterations: 5, memoryKib: 128, parallel: 2 } as const;
    expect(await calibrateKdf(choice, 64)).toEqual({
      type: 'argon2id',
      time: 5,
      memoryKib: 128,
      cpus: 2,
    });
  });

  it.each([
    [{ type: 'argon2id', forcedIterations: 3, memoryKib: 1024 }],
    [{ type: 'argon2id', forcedIterations: 4 }],
    [{ type: 'pbkdf2', forcedIterations: 999 }],
  ] as const)('forced costs below the minimum are refused: %j', async (choice) => {
    await expect(calibrateKdf(choice, 64)).rejects.toMatchObject({ code: 'payload-invalid' });
  });
});
