import { execFileSync } from 'node:child_process';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MemoryDevice } from '../../main/block/memory-device.ts';
import { readContainer, unlockVolume } from '../../main/luks/container.ts';
import { convertToLuks1 } from '../../main/luks/convert-to-luks1.ts';
import { convertToLuks2 } from '../../main/luks/convert-to-luks2.ts';
import { readLuks1 } from '../../main/luks/read-luks1.ts';
import { readLuks2 } from '../../main/luks/read-luks2.ts';
import { KIB, MIB } from '../../shared/units.ts';
import { secretOf } from '../support/luks-fixtures.ts';
import { requireTool } from '../support/require-tool.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const hasCryptsetup = requireTool('cryptsetup', 'cryptsetup-bin');
const SECTOR_BYTES = 512;
const HEADERS_BYTES = 32 * KIB;
const CONTAINER_BYTES = 3 * MIB;
const PASSPHRASES = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh'];
/** Key areas are long: looking at each of their sectors shows no more than looking at some. */
const DENSE_SECTORS = 34;
const SPARSE_STEP = 250;

type Step =
  | Readonly<{ kind: 'write'; offsetBytes: number; bytes: Uint8Array }>
  | Readonly<{ kind: 'flush' }>;

/** Records what reaches the storage, in pieces that it writes whole. */
class RecordingDevice extends MemoryDevice {
  readonly steps: Step[] = [];

  override writeFrom(offsetBytes: number, source: Uint8Array): void {
    super.writeFrom(offsetBytes, source);
    for (let at = 0; at < source.length; ) {
      const toBoundary = SECTOR_BYTES - ((offsetBytes + at) % SECTOR_BYTES);
      const bytes = source.slice(at, at + toBoundary);
      this.steps.push({ kind: 'write', offsetBytes: offsetBytes + at, bytes });
      at += bytes.length;
    }
  }

  override flush(): void {
    this.steps.push({ kind: 'flush' });
  }
}

/** A container with as many keyslots as given, but for those freed again, made by cryptsetup. */
function formatLuks1(keyslots: number, freed: readonly number[] = []): Uint8Array {
  using folder = temporaryFolder();
  const path = folder.file('vault.img');
  writeFileSync(path, '');
  truncateSync(path, CONTAINER_BYTES);
  const run = (args: readonly string[], input: string) =>
    execFileSync('cryptsetup', ['--batch-mode', ...args], { input, stdio: 'pipe' });
  const cheap = ['--pbkdf-force-iterations', '1000', '--key-file', '-'];
  const shape = ['--type', 'luks1', '--cipher', 'aes-xts-plain64', '--key-size', '512'];
  run(['luksFormat', ...shape, ...cheap, path], PASSPHRASES[0] ?? '');
  for (const [index, passphrase] of PASSPHRASES.slice(1, keyslots).entries()) {
    const file = folder.file(`new-${index}`);
    writeFileSync(file, passphrase);
    run(['luksAddKey', ...cheap, path, file], PASSPHRASES[0] ?? '');
  }
  for (const id of freed)
    run(['luksKillSlot', '--key-file', '-', path, String(id)], PASSPHRASES[1] ?? '');
  return new Uint8Array(readFileSync(path));
}

/** Which version opens, with every passphrase. */
async function versionThatOpens(
  bytes: Uint8Array,
  passphrases: readonly string[],
): Promise<number> {
  const device = new MemoryDevice(bytes);
  const container = readContainer(device);
  for (const passphrase of passphrases) {
    using secret = secretOf(passphrase);
    using _volume = await unlockVolume(device, container, secret);
  }
  return container.version;
}

/** Replays the steps one by one, and at each look, tells which version opens. */
async function lookAtEachCut(
  before: Uint8Array,
  steps: readonly Step[],
  passphrases: readonly string[],
): Promise<readonly number[]> {
  const device = new MemoryDevice(before.slice());
  const versions = [await versionThatOpens(device.bytes, passphrases)];
  for (const [index, step] of steps.entries()) {
    if (step.kind === 'write') device.writeFrom(step.offsetBytes, step.bytes);
    const isOfHeader = step.kind === 'flush' || step.offsetBytes < HEADERS_BYTES;
    if (!isOfHeader && index % SPARSE_STEP !== 0) continue;
    versions.push(await versionThatOpens(device.bytes, passphrases));
  }
  return versions;
}

/** Drops each single write of each sync, and reorders the others. */
async function lookAtEachLoss(
  before: Uint8Array,
  steps: readonly Step[],
  passphrases: readonly string[],
): Promise<void> {
  const device = new MemoryDevice(before.slice());
  let pending: Extract<Step, { kind: 'write' }>[] = [];
  for (const step of steps) {
    if (step.kind === 'write') {
      pending.push(step);
      continue;
    }
    const stride = pending.length > DENSE_SECTORS ? SPARSE_STEP : 1;
    for (let dropped = 0; dropped < pending.length; dropped += stride) {
      const cut = new MemoryDevice(device.bytes.slice());
      pending
        .toReversed()
        .filter((_step, index) => index !== dropped)
        .forEach(({ offsetBytes, bytes }) => {
          cut.writeFrom(offsetBytes, bytes);
        });
      expect([1, 2]).toContain(await versionThatOpens(cut.bytes, passphrases));
    }
    for (const { offsetBytes, bytes } of pending) device.writeFrom(offsetBytes, bytes);
    pending = [];
  }
}

const CASES = [
  ['two keyslots', 2, []],
  ['all keyslots used but one', 7, []],
  ['its first keyslot unused', 2, [0]],
] as const;

describe.skipIf(!hasCryptsetup).each(CASES)('a conversion with %s', (_name, keyslots, freed) => {
  it('cut at any sector, opens with every passphrase, as one version and then as the other', async () => {
    const before = formatLuks1(keyslots, freed);
    const passphrases = PASSPHRASES.slice(0, keyslots).filter(
      (_passphrase, id) => !(freed as readonly number[]).includes(id),
    );
    const forward = new RecordingDevice(before.slice());
    convertToLuks2(forward, readLuks1(forward));
    const there = await lookAtEachCut(before, forward.steps, passphrases.slice(0, 1));
    expect([there[0], there.at(-1)]).toEqual([1, 2]);
    expect(there.indexOf(2)).toBe(there.lastIndexOf(1) + 1);
    expect(await versionThatOpens(forward.bytes, passphrases)).toBe(2);
    await lookAtEachLoss(before, forward.steps, passphrases.slice(0, 1));
    const between = forward.bytes.slice();
    const backward = new RecordingDevice(between.slice());
    convertToLuks1(backward, readLuks2(backward));
    const back = await lookAtEachCut(between, backward.steps, passphrases.slice(0, 1));
    expect([back[0], back.at(-1)]).toEqual([2, 1]);
    expect(back.indexOf(1)).toBe(back.lastIndexOf(2) + 1);
    expect(await versionThatOpens(backward.bytes, passphrases)).toBe(1);
    await lookAtEachLoss(between, backward.steps, passphrases.slice(0, 1));
  }, 240_000);
});
