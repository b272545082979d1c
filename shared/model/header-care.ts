/** What looking after a header tells people: backups, what restoring would change, defects. */

/** Where two headers differ in one keyslot. `goes`: the container has it, the backup has not. */
export type KeyslotChange = Readonly<{
  keyslotId: number;
  change: 'same' | 'replaced' | 'returns' | 'goes';
  nameNow: string;
  nameThen: string;
}>;

/** What restoring a header backup does to a container. */
export type RestorePreview = Readonly<{
  uuid: string;
  /**
   * Whether the container's own header could be read and belongs to the same volume key. Where not,
   * nothing but the user knows that the backup is of this container.
   */
  isVerified: boolean;
  /** Null where it cannot be read, and in LUKS1, which does not count its updates. */
  seqidNow: number | null;
  seqidThen: number | null;
  labelNow: string | null;
  labelThen: string;
  keyslots: readonly KeyslotChange[];
}>;

/** What a backup holds. */
export type BackupFacts = Readonly<{
  path: string;
  uuid: string;
  /** Null in LUKS1. */
  seqid: number | null;
  sizeBytes: number;
}>;

/** How a check or a defect of it weighs. `repairable`: `repair` can put it right. */
export const FINDING_WEIGHTS = ['fine', 'note', 'repairable', 'damaged'] as const;
export type FindingWeight = (typeof FINDING_WEIGHTS)[number];

export const FINDING_KINDS = [
  'header-copy',
  'header-unreadable',
  'foreign-signature',
  'keyslot-area',
  'keyslot-place',
  'keyslot-unusable',
  'digest',
  'segment',
  'retired-key',
] as const;

/** What a finding says, each a sentence of its own in every language. */
export const FINDING_CODES = [
  'primary-copy-good',
  'primary-copy-damaged',
  'secondary-copy-good',
  'secondary-copy-damaged',
  'only-copy',
  'header-unreadable',
  'foreign-signature',
  'digest-good',
  'digest-unsupported',
  'digest-damaged',
  'segment-good',
  'segment-unsupported',
  'segment-damaged',
  'places-good',
  'places-damaged',
  'keyslot-parked',
  'keyslot-unknown',
  'keyslot-unsupported',
  'keyslot-damaged',
  'area-random',
  'area-damaged',
  'old-key-left',
] as const;
export type FindingCode = (typeof FINDING_CODES)[number];

/**
 * One thing that was looked at. `code` says what was found; `detail` and `offsetBytes` tell where and
 * what in the words of the format.
 */
export type Finding = Readonly<{
  kind: (typeof FINDING_KINDS)[number];
  code: FindingCode;
  weight: FindingWeight;
  /** Of the object in the header, or null. */
  id: number | null;
  offsetBytes: number | null;
  detail: string;
}>;

export type HealthReport = Readonly<{
  uuid: string | null;
  /** The heaviest of the findings. */
  verdict: FindingWeight;
  findings: readonly Finding[];
}>;

export type RepairReport = Readonly<{
  /** Where the header lies as it was before; null where nothing was to be repaired. */
  backupPath: string | null;
  repaired: readonly Finding[];
  remaining: readonly Finding[];
}>;

export const CONTAINER_FORMATS = ['luks1', 'luks2'] as const;
export type ContainerFormat = (typeof CONTAINER_FORMATS)[number];

/** What a conversion did. `backupPath`: where the header of before is kept. */
export type ConversionFacts = Readonly<{ format: ContainerFormat; backupPath: string }>;
