import { describe, expect, it } from 'vitest';
import {
  findKernelFlag,
  isFlagKnown,
  isReadFlagDoubtful,
  KERNEL_FLAG_NAMES,
  KERNEL_FLAGS,
  type KernelFlagName,
  kernelDriverSchema,
  parseKernelVersion,
  warnAboutFlags,
} from '../../../shared/model/dmcrypt.ts';

function kernel(release: string) {
  const version = parseKernelVersion(release);
  if (version === null) throw new Error(`${release} is none`);
  return version;
}

function warnings(flags: readonly KernelFlagName[], release: string): readonly string[] {
  return warnAboutFlags(flags, kernel(release)).map(({ flag, code }) => `${flag}: ${code}`);
}

describe('parseKernelVersion()', () => {
  it.each([
    ['6.8.12-custom', { major: 6, minor: 8, patch: 12 }],
    ['5.10', { major: 5, minor: 10, patch: 0 }],
    ['7.0-rc3+', { major: 7, minor: 0, patch: 0 }],
    ['linux', null],
    ['', null],
  ])('reads %j', (release, version) => expect(parseKernelVersion(release)).toEqual(version));
});

describe('isReadFlagDoubtful()', () => {
  it.each([
    ['5.9.0', false],
    ['5.15.168', false],
    ['5.15.169', true],
    ['6.1.78', false],
    ['6.1.158', true],
    ['6.6.18', true],
    ['6.7.5', false],
    ['6.8.0-31-generic', true],
    ['6.9.0', false],
    ['6.12.48', false],
  ])('of %s is %s', (release, isDoubtful) =>
    expect(isReadFlagDoubtful(kernel(release))).toBe(isDoubtful),
  );
});

describe('warnAboutFlags()', () => {
  it('says nothing of the inline flags where the kernel keeps to them', () => {
    expect(warnings(['no_read_workqueue', 'no_write_workqueue'], '6.12.0')).toEqual([]);
  });

  it('tells which flags the kernel does not know, and which it does not keep to', () => {
    expect(warnings(['no_read_workqueue', 'high_priority'], '5.4.0')).toEqual([
      'no_read_workqueue: kernel-too-old',
      'high_priority: kernel-too-old',
      'high_priority: hurts-desktop',
    ]);
    expect(warnings(['no_read_workqueue'], '6.8.4')).toEqual([
      'no_read_workqueue: void-in-hard-interrupts',
    ]);
  });

  it('tells flags that others leave without effect, and what discards show', () => {
    const flags = ['no_read_workqueue', 'no_write_workqueue', 'same_cpu_crypt'] as const;
    expect(warnings([...flags, 'submit_from_crypt_cpus', 'allow_discards'], '6.12.1')).toEqual([
      'same_cpu_crypt: queues-unused',
      'submit_from_crypt_cpus: pointless-beside',
      'allow_discards: leaks-usage',
    ]);
  });
});

describe('findKernelFlag()', () => {
  it('finds each flag by the spellings of table and header', () => {
    for (const name of KERNEL_FLAG_NAMES) {
      expect(findKernelFlag(name)).toBe(name);
      expect(findKernelFlag(KERNEL_FLAGS[name].headerName)).toBe(name);
    }
    expect(findKernelFlag('no-journal')).toBeUndefined();
    expect(findKernelFlag('')).toBeUndefined();
  });
});

describe('kernelDriverSchema', () => {
  it.each(['xts-aes-aesni', 'xts(ecb(aes-generic))', 'xts(aes)', '__xts-aes-vaes-avx10_256'])(
    'takes %s',
    (name) => expect(kernelDriverSchema.safeParse(name).success).toBe(true),
  );
  it.each(['', 'XTS', 'xts(aes', 'xts(aes))', 'xts aes', 'xts;aes', 'a'.repeat(65), 'x\n'])(
    'refuses %j',
    (name) => expect(kernelDriverSchema.safeParse(name).success).toBe(false),
  );
});

describe('isFlagKnown()', () => {
  it('is by the kernel that brought the flag, and yes where the kernel is not known', () => {
    const known = (release: string) =>
      KERNEL_FLAG_NAMES.filter((flag) => isFlagKnown(flag, kernel(release)));
    expect(known('5.8.18')).toEqual(['same_cpu_crypt', 'submit_from_crypt_cpus', 'allow_discards']);
    expect(known('6.9.0')).not.toContain('high_priority');
    expect(known('6.10.0')).toEqual(KERNEL_FLAG_NAMES);
    expect(isFlagKnown('high_priority', null)).toBe(true);
  });
});
