import { MountError } from '../../../shared/errors/vault-error.ts';
import type { KernelMount } from '../../../shared/model/backend.ts';
import { findKernelFlag, type KernelFlagName } from '../../../shared/model/dmcrypt.ts';

/** What the helper says of one mapping. @see docs/dmcrypt-helper.md, `status` */
export type MappingStatus = Readonly<{
  kernel: KernelMount;
  /** `null` where it is not mounted. */
  mountPoint: string | null;
  filesystem: string;
}>;

/** What this kernel and its programs can do. @see docs/dmcrypt-helper.md, `probe` */
export type HelperProbe = Readonly<{
  kernel: string;
  /** Versions; empty where missing. */
  cryptsetup: string;
  dmCrypt: string;
  flags: readonly KernelFlagName[];
}>;

/** What became of a leftover mapping: `found` where it was only looked for. */
export type Leftover = Readonly<{ mapping: string; state: 'removed' | 'busy' | 'found' }>;

/** Parses the answer of `open`, `mount`, `refresh` and `status NAME`. @throws MountError `kernel-refused` */
export function parseMapping(text: string): MappingStatus {
  const values = parseValues(text);
  const get = (key: string) => values.get(key) ?? '';
  const mapping = get('name');
  const device = get('device');
  if (!/^lockline-[0-9a-f]{32}$/.test(mapping) || !/^\/dev\/dm-\d+$/.test(device)) {
    throw new MountError('kernel-refused', { reason: 'unreadable answer' });
  }
  const mountPoint = unescapeMountPoint(get('mount-point'));
  return {
    kernel: {
      mapping,
      device,
      loop: get('loop'),
      cipher: get('cipher'),
      flags: parseFlagWords(get('flags')),
      voidFlags: parseFlagWords(get('void-flags')),
    },
    mountPoint: mountPoint === '' ? null : mountPoint,
    filesystem: get('filesystem'),
  };
}

/** Parses the answer of `probe`. */
export function parseProbe(text: string): HelperProbe {
  const values = parseValues(text);
  const get = (key: string) => values.get(key) ?? '';
  return {
    kernel: get('kernel'),
    cryptsetup: get('cryptsetup'),
    dmCrypt: get('dm-crypt'),
    flags: parseFlagWords(get('flags')),
  };
}

/** Parses the answer of `clean`. */
export function parseLeftovers(text: string): readonly Leftover[] {
  return text.split('\n').flatMap((line) => {
    const [, mapping = '', word] = /^leftover=(\S+) (removed|busy|found)$/.exec(line) ?? [];
    const state = (['removed', 'busy', 'found'] as const).find((name) => name === word);
    return state === undefined ? [] : [{ mapping, state }];
  });
}

function parseValues(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const at = line.indexOf('=');
    if (at > 0) values.set(line.slice(0, at), line.slice(at + 1));
  }
  return values;
}

/** Words that this code does not know are newer than it, and left out. */
function parseFlagWords(text: string): readonly KernelFlagName[] {
  return text.split(',').flatMap((word) => findKernelFlag(word) ?? []);
}

/** Decodes `\ooo` escapes, byte by byte. */
function unescapeMountPoint(text: string): string {
  return text.replace(/\\([0-3][0-7]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
