import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileDevice } from '../../main/block/file-device.ts';
import { describeHeader } from '../../main/luks/describe-header.ts';
import { type LoadedHeader, readLuks2 } from '../../main/luks/read-luks2.ts';
import { repairHeaderCopies } from '../../main/luks/repair-header-copies.ts';
import { VaultError } from '../../shared/errors/vault-error.ts';
import {
  fileHash,
  hasCorpus,
  manifestRows,
  type UnpackedCorpus,
  unpackCorpus,
} from './corpus-archive.ts';

const ROWS = 44;
const TIME_LIMIT_MS = 2000;

/** What the manifest's verdict means for the two copies. */
const COPY_STATES: Readonly<Record<string, Readonly<{ primary: RegExp; secondary: RegExp }>>> = {
  'accept+rewrite': { primary: /^ok$/, secondary: /^ok$/ },
  'accept(primary-valid)+repair-secondary-from-primary': {
    primary: /^ok$/,
    secondary: /^(missing|damaged)$/,
  },
  'repair-primary-from-secondary': { primary: /^(missing|damaged)$/, secondary: /^ok$/ },
};

describe.skipIf(!hasCorpus('luks2-headers.tar.xz'))('luks2-headers', () => {
  let corpus: UnpackedCorpus;
  beforeAll(() => {
    corpus = unpackCorpus('luks2-headers');
  });
  afterAll(() => corpus[Symbol.dispose]());

  it('every row has the verdict of the manifest, in time, and no look changes a file', () => {
    const rows = manifestRows(corpus);
    expect(rows).toHaveLength(ROWS);
    for (const [file = '', expected = ''] of rows) {
      const path = join(corpus.path, file);
      const before = fileHash(path);
      const startMs = performance.now();
      const outcome = look(path);
      expect(performance.now() - startMs, file).toBeLessThan(TIME_LIMIT_MS);
      expect(fileHash(path), file).toBe(before);
      if (expected === 'reject') {
        expect(outcome, file).toBeInstanceOf(VaultError);
        continue;
      }
      const states = COPY_STATES[expected];
      if (states === undefined || outcome instanceof VaultError)
        throw new Error(`${file}: ${expected}, got ${outcome}`);
      expect(outcome.primary.state, file).toMatch(states.primary);
      expect(outcome.secondary.state, file).toMatch(states.secondary);
    }
  });

  it('where a copy is bad, opening for writing makes both good', () => {
    const repairable = manifestRows(corpus).filter(([, expected]) => expected?.includes('repair'));
    expect(repairable.length).toBeGreaterThan(10);
    for (const [file = ''] of repairable) {
      using device = FileDevice.open(join(corpus.path, file), { isReadOnly: false });
      const loaded = readLuks2(device);
      const repaired = repairHeaderCopies(device, loaded);
      expect(repaired, file).toMatchObject({
        primary: { state: 'ok' },
        secondary: { state: 'ok' },
        repairs: [],
      });
      expect(repaired.header.binary.seqid, file).toBe(loaded.header.binary.seqid);
    }
  });

  function look(path: string): LoadedHeader | VaultError {
    using device = FileDevice.open(path, { isReadOnly: true });
    try {
      const loaded = readLuks2(device);
      describeHeader(loaded, device.sizeBytes);
      return loaded;
    } catch (error) {
      if (error instanceof VaultError) return error;
      throw error;
    }
  }
});
