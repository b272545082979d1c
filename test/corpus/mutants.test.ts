import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileDevice } from '../../main/block/file-device.ts';
import {
  type Container,
  describeContainer,
  readContainer,
  unlockVolume,
} from '../../main/luks/container.ts';
import { readLuks2 } from '../../main/luks/read-luks2.ts';
import { repairHeaderCopies } from '../../main/luks/repair-header-copies.ts';
import { updateHeader } from '../../main/luks/update-header.ts';
import { VaultError } from '../../shared/errors/vault-error.ts';
import { secretOf } from '../support/luks-fixtures.ts';
import {
  fileHash,
  hasCorpus,
  manifestRows,
  type UnpackedCorpus,
  unpackCorpus,
} from './corpus-archive.ts';

const FIRST_PASSPHRASE = 'correct horse';
const SECOND_PASSPHRASE = 'second one';
const ROWS = 272;
const TIME_LIMIT_MS = 2000;

/** How far opening went, as the manifest speaks of it; `code` is the refusal's. */
type Outcome = Readonly<{
  stage: 'load' | 'unlock' | 'open';
  code: string;
  container: Container | null;
}>;

const anyCode = /^[a-z-]+$/;

/** For each verdict: where opening must end, and with which codes. */
const VERDICTS: readonly (readonly [
  expected: RegExp,
  stages: readonly Outcome['stage'][],
  code: RegExp,
])[] = [
  [/^reject-load$/, ['load'], anyCode],
  [/^reject-unlock$/, ['unlock'], anyCode],
  [/^reject-activate$/, ['load', 'unlock'], anyCode],
  [/^reject-limit$/, ['unlock'], /^kdf-cost-excessive$/],
  [/^readonly-no-activate$/, ['unlock'], /^(requirement-unknown|reencryption-in-progress)$/],
  [/^detached$/, ['unlock'], /^header-detached$/],
  [/^accept-slot-only-explicit$/, ['unlock'], /^passphrase-wrong$/],
  [/^(accept-or-reject.*|reject-activate-or-accept)$/, ['load', 'unlock', 'open'], anyCode],
  [/^(accept(-.*)?|repair|repair-or-ask|refuse-auto-repair)$/, ['open'], /^none$/],
];

describe.skipIf(!hasCorpus('mutants.tar.xz'))('mutants', () => {
  let corpus: UnpackedCorpus;
  let rows: readonly (readonly string[])[];
  beforeAll(() => {
    corpus = unpackCorpus('mutants');
    rows = manifestRows(corpus);
  });
  afterAll(() => corpus[Symbol.dispose]());

  it('every row has the verdict of the manifest, in time, and no look changes a file', async () => {
    expect(rows).toHaveLength(ROWS);
    for (const [file = '', , expected = ''] of rows) {
      const path = join(corpus.path, file);
      const before = fileHash(path);
      const startMs = performance.now();
      const outcome = await open(path, FIRST_PASSPHRASE);
      expect(performance.now() - startMs, file).toBeLessThan(TIME_LIMIT_MS);
      expect(fileHash(path), file).toBe(before);
      const verdict = VERDICTS.find(([pattern]) => pattern.test(expected));
      if (verdict === undefined) throw new Error(`${file}: no rule for ${expected}`);
      expect(verdict[1], `${file}: ${expected}, got ${outcome.stage} ${outcome.code}`).toContain(
        outcome.stage,
      );
      expect(outcome.code, file).toMatch(verdict[2]);
    }
  });

  it('a bad first keyslot does not keep the second one from opening', async () => {
    // In km-foreign the key areas of both keyslots come from another container.
    const spoiled = rows.filter(
      ([file = '', mutation = '', expected = '']) =>
        /^[EFP]-/.test(mutation) && /unlock|limit/.test(expected) && !file.includes('km-foreign'),
    );
    expect(spoiled.length).toBeGreaterThan(30);
    for (const [file = ''] of spoiled) {
      const outcome = await open(join(corpus.path, file), SECOND_PASSPHRASE);
      expect(outcome, file).toMatchObject({ stage: 'open' });
    }
  });

  it('an ignored keyslot opens when it is asked for', async () => {
    const outcome = await open(
      join(corpus.path, 'E-keyslot.priority-0-ignore.img'),
      FIRST_PASSPHRASE,
      0,
    );
    expect(outcome).toMatchObject({ stage: 'open' });
  });

  it('what is to be repaired is repaired when opened for writing, and only then', async () => {
    for (const [file = '', , expected = ''] of rows) {
      if (!/^(repair|repair-or-ask|refuse-auto-repair)$/.test(expected)) continue;
      const path = join(corpus.path, file);
      const before = fileHash(path);
      using device = FileDevice.open(path, { isReadOnly: false });
      const loaded = readLuks2(device);
      expect(loaded.repairs, file).toHaveLength(1);
      if (expected === 'repair') {
        expect(repairHeaderCopies(device, loaded).repairs, file).toEqual([]);
        continue;
      }
      expect(() => repairHeaderCopies(device, loaded), file).toThrow(
        expect.objectContaining({ code: 'header-ambiguous' }),
      );
      expect(fileHash(path), file).toBe(before);
    }
  });

  it('a header whose seqid is used up is not written', () => {
    using device = FileDevice.open(join(corpus.path, 'B-binhdr.seqid-max.img'), {
      isReadOnly: false,
    });
    expect(() => updateHeader(device, readLuks2(device), { label: 'x' })).toThrow(
      expect.objectContaining({ code: 'metadata-invalid' }),
    );
  });

  async function open(path: string, passphrase: string, keyslotId?: number): Promise<Outcome> {
    using device = FileDevice.open(path, { isReadOnly: true });
    using secret = secretOf(passphrase);
    let container: Container | null = null;
    try {
      container = readContainer(device);
      describeContainer(container, device.sizeBytes);
      using _volume = await unlockVolume(
        device,
        container,
        secret,
        keyslotId === undefined ? {} : { keyslotId },
      );
      return { stage: 'open', code: 'none', container };
    } catch (error) {
      if (!(error instanceof VaultError)) throw error;
      return { stage: container === null ? 'load' : 'unlock', code: error.code, container };
    }
  }
});
