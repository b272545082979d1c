import type { JsonObject } from './strict-json.ts';

/**
 * The JSON metadata of a LUKS2 header as typed values.
 *
 * Members that only an unlock needs (salts, digest bytes, hash and cipher names) stay as the file
 * spells them: a header with a bad one must still be listed, and only unlocking is refused. They
 * become typed once more in `prepare-keyslot.ts` and `prepare-digest.ts`.
 *
 * @see LUKS2 specification 1.1.4, section 3
 */

export type KeyslotPriority = 'ignore' | 'normal' | 'prefer';

/** Base64 as the file spells it, not yet decoded. */
type Base64Text = string;

export type KeyslotKdf =
  | Readonly<{
      type: 'argon2i' | 'argon2id';
      time: number;
      memoryKib: number;
      cpus: number;
      salt: Base64Text;
    }>
  | Readonly<{ type: 'pbkdf2'; hash: string; iterations: number; salt: Base64Text }>
  | Readonly<{ type: 'unknown'; name: string }>;

export type KeyArea = Readonly<{
  offsetBytes: number;
  sizeBytes: number;
  encryption: string;
  keyBytes: number;
}>;

/** A keyslot of type `luks2`, which protects a volume key. */
export type Luks2Keyslot = Readonly<{
  type: 'luks2';
  id: number;
  keyBytes: number;
  priority: KeyslotPriority;
  af: Readonly<{ stripes: number; hash: string }>;
  area: KeyArea;
  kdf: KeyslotKdf;
}>;

/** A keyslot of another type: it takes part in the checks of areas and is otherwise left alone. */
export type OtherKeyslot = Readonly<{
  type: 'other';
  typeName: string;
  id: number;
  keyBytes: number;
  priority: KeyslotPriority;
  area: Readonly<{ offsetBytes: number; sizeBytes: number }>;
}>;

export type Keyslot = Luks2Keyslot | OtherKeyslot;

/**
 * A run of the container's data. Offsets and sizes stay 64-bit here: the specification allows any,
 * and only a segment that is to be served is narrowed, by `assertActivatable`.
 */
export type Segment = Readonly<{
  id: number;
  typeName: string;
  offsetBytes: bigint;
  sizeBytes: bigint | 'dynamic';
  flags: readonly string[];
  isBackup: boolean;
  /** `null` for types other than `crypt`. */
  crypt: Readonly<{
    encryption: string;
    sectorBytes: number;
    ivTweak: bigint;
    hasIntegrity: boolean;
  }> | null;
}>;

/** What verifies a volume key. Absent or mistyped members are `null`; unlocking then fails closed. */
export type Digest = Readonly<{
  id: number;
  typeName: string;
  keyslots: readonly number[];
  segments: readonly number[];
  hash: string | null;
  iterations: number | null;
  salt: Base64Text | null;
  digest: Base64Text | null;
}>;

export type Token = Readonly<{ id: number; typeName: string; keyslots: readonly number[] }>;

export type Metadata = Readonly<{
  keyslots: ReadonlyMap<number, Keyslot>;
  segments: ReadonlyMap<number, Segment>;
  digests: ReadonlyMap<number, Digest>;
  tokens: ReadonlyMap<number, Token>;
  keyslotsAreaBytes: number;
  flags: readonly string[];
  requirements: readonly string[];
  /** The document itself, unknown members included, from which a changed one is made. */
  root: JsonObject;
}>;
