/** What a header says of a container, in the specification's words. Holds no key material. */

export type KdfInfo =
  | Readonly<{ type: 'argon2i' | 'argon2id'; time: number; memoryKib: number; cpus: number }>
  | Readonly<{ type: 'pbkdf2'; hash: string; iterations: number }>;

export type KeyslotInfo = Readonly<{
  id: number;
  type: string;
  keyBytes: number;
  priority: 'ignore' | 'normal' | 'prefer';
  kdf: KdfInfo | null;
  area: Readonly<{
    offsetBytes: number;
    sizeBytes: number;
    encryption: string;
    keyBytes: number;
  }> | null;
  af: Readonly<{ type: string; stripes: number; hash: string }> | null;
  /** Digest that verifies this keyslot's key, or null for a keyslot that no digest names. */
  digestId: number | null;
}>;

export type SegmentInfo = Readonly<{
  id: number;
  type: string;
  offsetBytes: number;
  /** `null`: dynamic, to the end of the container. */
  sizeBytes: number | null;
  encryption: string | null;
  sectorBytes: number | null;
  ivTweak: string | null;
  flags: readonly string[];
}>;

export type DigestInfo = Readonly<{
  id: number;
  type: string;
  hash: string;
  iterations: number;
  keyslots: readonly number[];
  segments: readonly number[];
}>;

export type HeaderCopyHealth = Readonly<{
  offsetBytes: number;
  state: 'ok' | 'obsolete' | 'damaged' | 'missing';
  /** Why a copy that is not ok was not taken: an error code, for people a sentence. */
  reason: string | null;
  seqid: number | null;
}>;

export type ContainerInfo = Readonly<{
  format: 'luks1' | 'luks2';
  version: number;
  uuid: string;
  label: string;
  subsystem: string;
  /** `null` in LUKS1, which does not count its updates. */
  seqid: number | null;
  /** Bytes of one header copy; in LUKS2 with its JSON area. */
  headerBytes: number;
  keyslotsAreaBytes: number;
  containerBytes: number;
  /** `null` in LUKS1, whose header has no checksum. */
  checksumAlgorithm: string | null;
  primary: HeaderCopyHealth;
  /** `null` in LUKS1, whose header has no copy. */
  secondary: HeaderCopyHealth | null;
  keyslots: readonly KeyslotInfo[];
  segments: readonly SegmentInfo[];
  digests: readonly DigestInfo[];
  tokens: readonly Readonly<{ id: number; type: string; keyslots: readonly number[] }>[];
  flags: readonly string[];
  requirements: readonly string[];
}>;
