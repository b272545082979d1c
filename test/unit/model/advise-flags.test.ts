import { describe, expect, it } from 'vitest';
import { adviseFlags } from '../../../shared/model/advise-flags.ts';
import { parseKernelVersion } from '../../../shared/model/dmcrypt.ts';
import type { KernelFacts } from '../../../shared/model/kernel-advice.ts';

const LAPTOP: KernelFacts = {
  kernelRelease: '6.12.48',
  kernel: { major: 6, minor: 12, patch: 48 },
  hasDmCrypt: true,
  processors: 8,
  isAesAccelerated: true,
  isFile: true,
  disk: 'nvme0n1',
  isRotational: false,
  isZoned: false,
  cipher: 'aes-xts-plain64',
  sectorBytes: 4096,
};

function advise(facts: Partial<KernelFacts>, release = '6.12.48') {
  const { flags, reasons } = adviseFlags({
    ...LAPTOP,
    kernel: parseKernelVersion(release),
    ...facts,
  });
  return { flags, codes: reasons.map(({ code }) => code) };
}

describe('adviseFlags()', () => {
  it('takes both inline flags on a laptop', () => {
    expect(advise({})).toEqual({
      flags: ['no_read_workqueue', 'no_write_workqueue'],
      codes: ['loop-over-file', 'streams-differ'],
    });
  });

  it.each([
    ['a disk that turns', { isRotational: true }, '6.12.1', 'disk-rotational'],
    ['a zoned disk', { isZoned: true }, '6.12.1', 'disk-zoned'],
    ['no acceleration', { isAesAccelerated: false }, '6.12.1', 'cipher-slow'],
    ['another cipher', { cipher: 'serpent-xts-plain64' }, '6.12.1', 'cipher-slow'],
    ['an old kernel', {}, '5.8.18', 'kernel-too-old'],
    ['no dm-crypt', { hasDmCrypt: false }, '6.12.1', 'kernel-has-none'],
  ] as const)('leaves the queues for %s', (_, facts, release, code) => {
    expect(advise(facts, release)).toEqual({ flags: [], codes: [code] });
  });

  it('says of a block device why, too', () => {
    expect(advise({ isFile: false })).toEqual({
      flags: ['no_read_workqueue', 'no_write_workqueue'],
      codes: ['disk-quick', 'streams-differ'],
    });
  });

  it('takes the write flag alone where inline reads are void', () => {
    expect(advise({}, '6.8.0')).toEqual({
      flags: ['no_write_workqueue'],
      codes: ['loop-over-file', 'streams-differ', 'read-flag-doubtful'],
    });
  });

  it('remarks small sectors and a disk that it does not know', () => {
    const facts = { sectorBytes: 512, disk: null, isRotational: null, isZoned: null };
    expect(advise(facts).codes).toContain('sector-small');
    expect(advise(facts).codes).toContain('disk-unknown');
    expect(advise(facts).flags).toHaveLength(2);
  });
});
