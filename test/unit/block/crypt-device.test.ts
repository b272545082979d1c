import { createDecipheriv } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CryptDevice } from '../../../main/block/crypt-device.ts';
import { Arena } from '../../../main/bytes/arena.ts';
import { chooseProvider, PROVIDERS_ARENA_BYTES } from '../../../main/crypto/providers.ts';
import { InlineEngine } from '../../../main/engine/inline-engine.ts';
import { MIB } from '../../../shared/units.ts';
import { FaultDevice, noSpace } from '../../support/fault-device.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const OFFSET = 8192;

function build(sectorBytes: number, keyBytes: number, ivTweakSectors = 0) {
  const container = new FaultDevice(OFFSET + 3 * MIB);
  const arena = new Arena(CryptDevice.arenaBytes + PROVIDERS_ARENA_BYTES + 2 * MIB);
  const key = seededRandom(keyBytes).bytes(keyBytes);
  const { provider } = chooseProvider(arena);
  const geometry = { offsetBytes: OFFSET, lengthBytes: 3 * MIB, sectorBytes, ivTweakSectors };
  const engine = new InlineEngine(container, provider, key, sectorBytes);
  return {
    container,
    arena,
    key,
    geometry,
    device: new CryptDevice(container, engine, geometry, arena),
  };
}

/** One sector at a time, with the XTS of Node's own OpenSSL. */
function decryptContainer({ container, key, geometry }: ReturnType<typeof build>): Uint8Array {
  const plain = new Uint8Array(geometry.lengthBytes);
  for (let at = 0; at < plain.length; at += geometry.sectorBytes) {
    const tweak = Buffer.alloc(16);
    tweak.writeBigUInt64LE(BigInt(at / 512 + geometry.ivTweakSectors));
    const cipher = createDecipheriv(`aes-${key.length * 4}-xts`, key, tweak);
    const sector = container.memory.bytes.subarray(OFFSET + at, OFFSET + at + geometry.sectorBytes);
    plain.set(cipher.update(sector), at);
  }
  return plain;
}

describe('CryptDevice', () => {
  const cases = [512, 1024, 2048, 4096].flatMap((sector) =>
    [32, 64].map((key) => [sector, key] as const),
  );

  it.each(cases)(
    'equals OpenSSL sector by sector: %i-byte sectors, %i-byte key',
    (sector, keyBytes) => {
      const built = build(sector, keyBytes, sector === 512 ? 2 ** 32 - 100 : 0);
      const { device, arena } = built;
      const random = seededRandom(sector + keyBytes);
      const model = decryptContainer(built);
      const inArena = arena.allocate(MIB, 4096);
      for (let step = 0; step < 300; step += 1) {
        const isDirect = random.below(2) === 0;
        const length = isDirect
          ? sector * (1 + random.below(MIB / sector))
          : 1 + random.below(20_000);
        const view = isDirect ? inArena.subarray(0, length) : new Uint8Array(length);
        const limit = geometryLimit(built, length);
        const offset = isDirect
          ? random.below(limit / sector + 1) * sector
          : random.below(limit + 1);
        if (random.below(2) === 0) {
          view.fill(random.below(256));
          view.set(random.bytes(16).subarray(0, Math.min(16, length)));
          model.set(view, offset);
          device.writeFrom(offset, view);
        } else {
          device.readInto(offset, view);
          expect(Buffer.compare(view, model.subarray(offset, offset + length))).toBe(0);
        }
      }
      expect(Buffer.compare(decryptContainer(built), model)).toBe(0);
    },
  );

  it('passes a failure of the container on, once, and goes on working', () => {
    const { container, device } = build(4096, 64);
    container.onOperation = (operation, offset) => {
      if (operation === 'write') throw noSpace(offset);
    };
    expect(() => device.writeFrom(4096, new Uint8Array(4096))).toThrow(
      expect.objectContaining({ code: 'no-space' }),
    );
    container.onOperation = () => {};
    device.writeFrom(4096, new Uint8Array(4096).fill(1));
    const back = new Uint8Array(4096);
    device.readInto(4096, back);
    expect(back).toEqual(new Uint8Array(4096).fill(1));
  });

  it('discards whole sectors only', () => {
    const { container, device } = build(4096, 64);
    device.discard(100, 3 * 4096);
    expect(container.events).toEqual([
      { type: 'discard', offsetBytes: OFFSET + 4096, lengthBytes: 2 * 4096 },
    ]);
  });

  it('refuses ranges outside the volume', () => {
    const { device } = build(512, 64);
    expect(() => device.readInto(3 * MIB - 10, new Uint8Array(11))).toThrow(RangeError);
    expect(() => device.writeFrom(-1, new Uint8Array(1))).toThrow(RangeError);
  });
});

function geometryLimit(built: ReturnType<typeof build>, length: number): number {
  return built.geometry.lengthBytes - length;
}
