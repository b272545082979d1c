import { z } from 'zod';

/**
 * The flags of the kernel's dm-crypt target: what each does, since when, and when it is void.
 *
 * Names are those of the mapping's table. The LUKS2 header and cryptsetup's options spell them
 * differently; {@link KERNEL_FLAGS} has both.
 *
 * @see Linux, Documentation/admin-guide/device-mapper/dm-crypt.rst
 */
export const KERNEL_FLAG_NAMES = [
  'no_read_workqueue',
  'no_write_workqueue',
  'same_cpu_crypt',
  'submit_from_crypt_cpus',
  'high_priority',
  'allow_discards',
] as const;
export type KernelFlagName = (typeof KERNEL_FLAG_NAMES)[number];

export const kernelFlagsSchema = z.array(z.enum(KERNEL_FLAG_NAMES)).max(16).readonly();

/** Numbers of a kernel release: `6.8.12-custom` is 6, 8, 12. */
export type KernelVersion = Readonly<{ major: number; minor: number; patch: number }>;

export type KernelFlag = Readonly<{
  name: KernelFlagName;
  /** In the header's `config.flags`, exactly as cryptsetup spells it: `high_priority` has no hyphen. */
  headerName: string;
  /** Option of `cryptsetup open` and `cryptsetup refresh`. */
  option: string;
  since: Readonly<{ major: number; minor: number }>;
  about: string;
}>;

export const KERNEL_FLAGS: Readonly<Record<KernelFlagName, KernelFlag>> = {
  no_read_workqueue: {
    name: 'no_read_workqueue',
    headerName: 'no-read-workqueue',
    option: '--perf-no_read_workqueue',
    since: { major: 5, minor: 9 },
    about: 'Reads are decrypted where they complete, without a queue: inline',
  },
  no_write_workqueue: {
    name: 'no_write_workqueue',
    headerName: 'no-write-workqueue',
    option: '--perf-no_write_workqueue',
    since: { major: 5, minor: 9 },
    about:
      'Writes are encrypted in the thread that submits them, without a queue or sorting: inline',
  },
  same_cpu_crypt: {
    name: 'same_cpu_crypt',
    headerName: 'same-cpu-crypt',
    option: '--perf-same_cpu_crypt',
    since: { major: 4, minor: 0 },
    about: 'Queued requests stay on the processor that submitted them, instead of any idle one',
  },
  submit_from_crypt_cpus: {
    name: 'submit_from_crypt_cpus',
    headerName: 'submit-from-crypt-cpus',
    option: '--perf-submit_from_crypt_cpus',
    since: { major: 4, minor: 0 },
    about: 'Writes go down from where they were encrypted, not through the one sorting thread',
  },
  high_priority: {
    name: 'high_priority',
    headerName: 'high_priority',
    option: '--perf-high_priority',
    since: { major: 6, minor: 10 },
    about: 'Crypto threads run before other programs: more throughput, a less responsive desktop',
  },
  allow_discards: {
    name: 'allow_discards',
    headerName: 'allow-discards',
    option: '--allow-discards',
    since: { major: 3, minor: 1 },
    about: 'Freed space is given back to the storage, which shows how much of the vault is in use',
  },
};

/** What else a mapping's table says, chosen when a vault is made or opened. */
export const KERNEL_PARAMETERS = {
  sector_size: {
    since: { major: 4, minor: 12 },
    about: 'Bytes encrypted as one unit, fixed when the vault is made: 4096 is quicker than 512',
  },
  iv_large_sectors: {
    since: { major: 4, minor: 12 },
    about: 'Tweaks count sectors of that size; LUKS2 never sets it and counts 512-byte units',
  },
  capi: {
    since: { major: 4, minor: 12 },
    about: 'The one implementation of the cipher that the kernel is to use, by its driver name',
  },
} as const satisfies Record<string, Pick<KernelFlag, 'since' | 'about'>>;

/**
 * A pinned implementation of AES-XTS: a driver's name as `/proc/crypto` lists it, such as
 * `xts-aes-aesni` or `xts(ecb(aes-generic))`.
 */
export const kernelDriverSchema = z
  .string()
  .max(64)
  .regex(/^[a-z0-9_-]+(\([a-z0-9_-]+(\([a-z0-9_-]+\))?\))?$/);

/** Flags of which one leaves the other without effect. */
const POINTLESS_PAIRS: readonly (readonly [set: KernelFlagName, pointless: KernelFlagName])[] = [
  ['no_write_workqueue', 'submit_from_crypt_cpus'],
];

/** Something a user should know about a set of flags; `code` is stable, for translation. */
export type KernelFlagWarning = Readonly<{
  flag: KernelFlagName;
  code:
    | 'kernel-too-old'
    | 'void-in-hard-interrupts'
    | 'pointless-beside'
    | 'queues-unused'
    | 'leaks-usage'
    | 'hurts-desktop';
  text: string;
}>;

/** Parses a release as `uname -r` prints it; `null` where it does not begin with two numbers. */
export function parseKernelVersion(release: string): KernelVersion | null {
  const [, major, minor, patch = '0'] = /^(\d{1,4})\.(\d{1,4})(?:\.(\d{1,6}))?/.exec(release) ?? [];
  if (major === undefined || minor === undefined) return null;
  return { major: Number(major), minor: Number(minor), patch: Number(patch) };
}

/** Tells whether a kernel is of this release or a later one. */
export function isKernelSince(
  kernel: KernelVersion,
  { major, minor, patch = 0 }: Readonly<{ major: number; minor: number; patch?: number }>,
): boolean {
  if (kernel.major !== major) return kernel.major > major;
  return kernel.minor === minor ? kernel.patch >= patch : kernel.minor > minor;
}

/**
 * First patch release of each series with the change that took tasklets from dm-crypt: completions
 * in hard interrupts go through the queue again, until 6.9 found another way for them.
 * @see CVE-2024-26718 for the releases; Linux commit 0a9bab391e33
 */
const TASKLETS_DISABLED: readonly KernelVersion[] = [
  { major: 5, minor: 15, patch: 169 },
  { major: 6, minor: 1, patch: 79 },
  { major: 6, minor: 6, patch: 18 },
  { major: 6, minor: 7, patch: 6 },
  { major: 6, minor: 8, patch: 0 },
];

/** Tells whether `no_read_workqueue` may be void: reads that complete in hard interrupts are queued. */
export function isReadFlagDoubtful(kernel: KernelVersion): boolean {
  const series = TASKLETS_DISABLED.find(
    ({ major, minor }) => kernel.major === major && kernel.minor === minor,
  );
  return series !== undefined && kernel.patch >= series.patch;
}

/**
 * Returns what speaks against each of a set of flags.
 *
 * @param kernel - That runs, or `null` where it is not known.
 */
export function warnAboutFlags(
  flags: readonly KernelFlagName[],
  kernel: KernelVersion | null,
): readonly KernelFlagWarning[] {
  return flags.flatMap((flag) => [
    ...(kernel === null ? [] : warnAboutKernel(flag, kernel)),
    ...warnAboutOthers(flag, flags),
    ...warnAlways(flag),
  ]);
}

function warnAboutKernel(flag: KernelFlagName, kernel: KernelVersion): KernelFlagWarning[] {
  if (!isFlagKnown(flag, kernel)) {
    const { since } = KERNEL_FLAGS[flag];
    const text = `This kernel does not know it: needs Linux ${since.major}.${since.minor}`;
    return [{ flag, code: 'kernel-too-old', text }];
  }
  if (flag !== 'no_read_workqueue' || !isReadFlagDoubtful(kernel)) return [];
  const text = 'Void on this kernel for drives that complete in hard interrupts (mended in 6.9)';
  return [{ flag, code: 'void-in-hard-interrupts', text }];
}

function warnAboutOthers(
  flag: KernelFlagName,
  flags: readonly KernelFlagName[],
): KernelFlagWarning[] {
  const warnings = POINTLESS_PAIRS.filter(
    ([set, pointless]) => pointless === flag && flags.includes(set),
  ).map(([set]): KernelFlagWarning => {
    return { flag, code: 'pointless-beside', text: `Without effect beside ${set}` };
  });
  const isInline = flags.includes('no_read_workqueue') && flags.includes('no_write_workqueue');
  if (isInline && (flag === 'same_cpu_crypt' || flag === 'high_priority')) {
    const text = 'Concerns the queues, which both inline flags bypass';
    warnings.push({ flag, code: 'queues-unused', text });
  }
  return warnings;
}

function warnAlways(flag: KernelFlagName): KernelFlagWarning[] {
  if (flag === 'allow_discards') {
    const text = 'Whoever sees the container sees which parts of it are in use';
    return [{ flag, code: 'leaks-usage', text }];
  }
  if (flag !== 'high_priority') return [];
  return [{ flag, code: 'hurts-desktop', text: 'Other programs get less of the processor' }];
}

/** Tells whether a kernel knows a flag; one that is not known itself is thought to. */
export function isFlagKnown(flag: KernelFlagName, kernel: KernelVersion | null): boolean {
  return kernel === null || isKernelSince(kernel, KERNEL_FLAGS[flag].since);
}

/** The flags of a set in their canonical order, each once. */
export function sortFlags(flags: readonly KernelFlagName[]): readonly KernelFlagName[] {
  return KERNEL_FLAG_NAMES.filter((name) => flags.includes(name));
}

/** Returns the flag that a user or a header calls so, by any of its spellings. */
export function findKernelFlag(name: string): KernelFlagName | undefined {
  const word = name.replaceAll('-', '_');
  return KERNEL_FLAG_NAMES.find((flag) => flag === word);
}
