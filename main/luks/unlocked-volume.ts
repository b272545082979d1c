import type { SECTOR_SIZES } from '../../shared/model/create-options.ts';
import type { SecretBytes } from '../bytes/secret-bytes.ts';
import type { VolumeCipher } from '../crypto/volume-cipher.ts';

/** Where the data of a volume lies: with its header, or in a file or block device of their own. */
export type DataPlace = Readonly<{
  /** Size of what holds the data. */
  sizeBytes: number;
  /** Whether the header lies elsewhere. */
  isDetached: boolean;
}>;

/** The part of a container that a volume is served from; every value was checked. */
export type VolumeSegment = Readonly<{
  /** Where the first sector lies in the container. */
  offsetBytes: number;
  /** A multiple of `sectorBytes`; 0 where the container ends at the offset. */
  lengthBytes: number;
  /** IV sector (512-byte unit) of the first sector; negative for tweaks just below 2^64. */
  ivTweakSectors: number;
  sectorBytes: (typeof SECTOR_SIZES)[number];
  cipher: VolumeCipher;
}>;

/** A volume whose key was verified by its digest. Disposing wipes the key. */
export class UnlockedVolume implements Disposable {
  /** As long as the cipher wants; for XTS data key, then tweak key. Owned by this object. */
  readonly volumeKey: SecretBytes;
  readonly keyslotId: number;
  readonly segment: VolumeSegment;
  /** Lower-case UUID, or the empty string where the header's is not one. Safe in paths. */
  readonly uuid: string;

  /** @param volumeKey - Owned from now on. */
  constructor(
    volumeKey: SecretBytes,
    facts: Readonly<{ keyslotId: number; segment: VolumeSegment; uuid: string }>,
  ) {
    this.volumeKey = volumeKey;
    this.keyslotId = facts.keyslotId;
    this.segment = facts.segment;
    this.uuid = facts.uuid;
  }

  [Symbol.dispose](): void {
    this.volumeKey[Symbol.dispose]();
  }
}
