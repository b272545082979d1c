import { UnsupportedError } from '../../../shared/errors/vault-error.ts';

/** Feature bits by the names that `dumpe2fs` shows. */
export const COMPATIBLE = {
  has_journal: 0x4,
  ext_attr: 0x8,
  resize_inode: 0x10,
  dir_index: 0x20,
  sparse_super2: 0x200,
  fast_commit: 0x400,
  orphan_file: 0x1000,
} as const;

export const INCOMPATIBLE = {
  compression: 0x1,
  filetype: 0x2,
  needs_recovery: 0x4,
  journal_dev: 0x8,
  meta_bg: 0x10,
  extent: 0x40,
  '64bit': 0x80,
  mmp: 0x100,
  flex_bg: 0x200,
  ea_inode: 0x400,
  dirdata: 0x1000,
  metadata_csum_seed: 0x2000,
  large_dir: 0x4000,
  inline_data: 0x8000,
  encrypt: 0x10000,
  casefold: 0x20000,
} as const;

export const READ_ONLY_COMPATIBLE = {
  sparse_super: 0x1,
  large_file: 0x2,
  btree_dir: 0x4,
  huge_file: 0x8,
  uninit_bg: 0x10,
  dir_nlink: 0x20,
  extra_isize: 0x40,
  has_snapshot: 0x80,
  quota: 0x100,
  bigalloc: 0x200,
  metadata_csum: 0x400,
  replica: 0x800,
  'read-only': 0x1000,
  project: 0x2000,
  shared_blocks: 0x4000,
  verity: 0x8000,
  orphan_present: 0x10000,
} as const;

/** Three words of feature bits, and who has which. */
export type Ext4Features = Readonly<{
  compatible: number;
  incompatible: number;
  readOnlyCompatible: number;
}>;

const REFUSED = INCOMPATIBLE.compression | INCOMPATIBLE.journal_dev | INCOMPATIBLE.dirdata;

/** What is understood well enough to be written. */
const WRITABLE_INCOMPATIBLE =
  INCOMPATIBLE.filetype |
  INCOMPATIBLE.needs_recovery |
  INCOMPATIBLE.meta_bg |
  INCOMPATIBLE.extent |
  INCOMPATIBLE['64bit'] |
  INCOMPATIBLE.flex_bg |
  INCOMPATIBLE.metadata_csum_seed;
const WRITABLE_READ_ONLY_COMPATIBLE =
  READ_ONLY_COMPATIBLE.sparse_super |
  READ_ONLY_COMPATIBLE.large_file |
  READ_ONLY_COMPATIBLE.huge_file |
  READ_ONLY_COMPATIBLE.uninit_bg |
  READ_ONLY_COMPATIBLE.dir_nlink |
  READ_ONLY_COMPATIBLE.extra_isize |
  READ_ONLY_COMPATIBLE.orphan_present |
  READ_ONLY_COMPATIBLE.metadata_csum;

/** @throws UnsupportedError `filesystem-unsupported` with the features that cannot be read. */
export function assertReadable({ incompatible }: Ext4Features): void {
  const known = Object.values(INCOMPATIBLE).reduce<number>((all, bit) => all | bit, 0);
  const refused = incompatible & (REFUSED | ~known);
  if (refused === 0) return;
  const features = namesOf(refused, INCOMPATIBLE);
  throw new UnsupportedError('filesystem-unsupported', { type: 'ext4', features });
}

/** Returns the names of the features for which a volume is mounted read-only; usually none. */
export function readOnlyReasons(features: Ext4Features): string[] {
  const { compatible, incompatible, readOnlyCompatible } = features;
  const reasons = [
    ...namesOf(incompatible & ~WRITABLE_INCOMPATIBLE, INCOMPATIBLE),
    ...namesOf(readOnlyCompatible & ~WRITABLE_READ_ONLY_COMPATIBLE, READ_ONLY_COMPATIBLE),
  ];
  if ((compatible & COMPATIBLE.has_journal) === 0) reasons.push('no has_journal');
  if ((incompatible & INCOMPATIBLE.extent) === 0) reasons.push('no extent');
  return reasons;
}

/** Names each bit that is set; one without a name becomes its value in hexadecimal. */
function namesOf(bits: number, names: Readonly<Record<string, number>>): string[] {
  const found: string[] = [];
  for (let bit = 0; bit < 32; bit += 1) {
    const value = (1 << bit) >>> 0;
    if ((bits & value) === 0) continue;
    const known = Object.entries(names).find(([, mask]) => mask === value);
    found.push(known?.[0] ?? `0x${value.toString(16)}`);
  }
  return found;
}
