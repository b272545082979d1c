import { describe, expect, it } from 'vitest';
import { MemoryDevice } from '../../main/block/memory-device.ts';
import { decodeTextField } from '../../main/luks/binary-header.ts';
import { readLuks2 } from '../../main/luks/read-luks2.ts';
import { repairHeaderCopies } from '../../main/luks/repair-header-copies.ts';
import { unlockLuks2 } from '../../main/luks/unlock-luks2.ts';
import { updateHeader } from '../../main/luks/update-header.ts';
import { KIB } from '../../shared/units.ts';
import { formatInMemory, secretOf, TEST_PASSPHRASE } from '../support/luks-fixtures.ts';

const SECTOR_BYTES = 512;
const HEADERS_BYTES = 32 * KIB;

type Step =
  | Readonly<{ kind: 'write'; offsetBytes: number; bytes: Uint8Array }>
  | Readonly<{ kind: 'flush' }>;

/** Records what reaches the storage, in pieces that it writes whole. */
class RecordingDevice extends MemoryDevice {
  readonly steps: Step[] = [];

  override writeFrom(offsetBytes: number, source: Uint8Array): void {
    super.writeFrom(offsetBytes, source);
    for (let at = 0; at < source.length; at += SECTOR_BYTES) {
      const bytes = source.slice(at, at + SECTOR_BYTES);
      this.steps.push({ kind: 'write', offsetBytes: offsetBytes + at, bytes });
    }
  }

  override flush(): void {
    this.steps.push({ kind: 'flush' });
  }
}

/** A device that holds `before` and then the steps given, as if power was cut after them. */
function afterCut(before: Uint8Array, steps: readonly Step[]): MemoryDevice {
  const device = new MemoryDevice(before.slice());
  for (const step of steps)
    if (step.kind === 'write') device.writeFrom(step.offsetBytes, step.bytes);
  return device;
}

function labelOf(device: MemoryDevice): string {
  return decodeTextField(readLuks2(device).header.binary.label);
}

/** Small images cut faster: the payload is of no interest here. */
async function formattedBytes(): Promise<Uint8Array> {
  const { device } = await formatInMemory({ label: 'old' });
  return device.bytes;
}

const DAMAGES: readonly (readonly [string, (bytes: Uint8Array) => void])[] = [
  ['both copies good', () => undefined],
  ['a torn primary before', (bytes) => void bytes.fill(0x55, 512, 16 * KIB)],
  ['a torn secondary before', (bytes) => void bytes.fill(0x55, 16 * KIB + 4096, 32 * KIB)],
];

describe.each(DAMAGES)('a header update with %s', (_name, damage) => {
  it('cut at every 512-byte boundary leaves the old or the new metadata', async () => {
    const before = await formattedBytes();
    damage(before);
    const recorder = new RecordingDevice(before.slice());
    updateHeader(recorder, readLuks2(recorder), { label: 'new' });
    expect(recorder.steps.filter(({ kind }) => kind === 'write')).toHaveLength(
      HEADERS_BYTES / SECTOR_BYTES,
    );
    const labels: string[] = [];
    const device = new MemoryDevice(before.slice());
    for (const step of [null, ...recorder.steps]) {
      if (step?.kind === 'write') device.writeFrom(step.offsetBytes, step.bytes);
      labels.push(labelOf(device));
    }
    expect(labels[0]).toBe('old');
    expect(labels.at(-1)).toBe('new');
    expect(new Set(labels)).toEqual(new Set(['old', 'new']));
    expect(labels.indexOf('new')).toBe(labels.lastIndexOf('old') + 1);
  });

  it('with the writes of one sync reordered and the last one torn, still leaves one of them', async () => {
    const before = await formattedBytes();
    damage(before);
    const recorder = new RecordingDevice(before.slice());
    updateHeader(recorder, readLuks2(recorder), { label: 'new' });
    const firstFlush = recorder.steps.findIndex(({ kind }) => kind === 'flush');
    const [first, second] = [
      recorder.steps.slice(0, firstFlush),
      recorder.steps.slice(firstFlush + 1),
    ];
    for (const [synced, open] of [
      [[], first],
      [first, second],
    ] as const) {
      for (let dropped = 0; dropped < open.length; dropped += 1) {
        const reached = open.toReversed().filter((_step, index) => index !== dropped);
        expect(['old', 'new']).toContain(labelOf(afterCut(before, [...synced, ...reached])));
      }
      const torn = open.map((step) =>
        step.kind === 'write' ? { ...step, bytes: step.bytes.slice(0, 100) } : step,
      );
      expect(['old', 'new']).toContain(labelOf(afterCut(before, [...synced, ...torn])));
    }
  });
});

describe('a repair', () => {
  it.each(DAMAGES.slice(1))(
    'with %s, cut at every boundary, leaves what was there',
    async (_name, damage) => {
      const before = await formattedBytes();
      damage(before);
      const recorder = new RecordingDevice(before.slice());
      repairHeaderCopies(recorder, readLuks2(recorder));
      const device = new MemoryDevice(before.slice());
      for (const step of recorder.steps) {
        if (step.kind === 'write') device.writeFrom(step.offsetBytes, step.bytes);
        expect(labelOf(device)).toBe('old');
      }
      expect(readLuks2(device).repairs).toEqual([]);
      using secret = secretOf(TEST_PASSPHRASE);
      using volume = await unlockLuks2(device, readLuks2(device), secret);
      expect(volume.keyslotId).toBe(0);
    },
  );
});
