/** Where a volume lies in its container and how its sectors are numbered. */
export type CryptGeometry = Readonly<{
  /** Position of the segment in the container, bytes. */
  offsetBytes: number;
  /** Length of the segment, bytes: a multiple of `sectorBytes`. */
  lengthBytes: number;
  /** Encryption unit: 512, 1024, 2048 or 4096. */
  sectorBytes: number;
  /** Added to the IV sector of each sector, in 512-byte units. */
  ivTweakSectors: number;
}>;

/** Bytes per IV sector. Fixed at 512 whatever the segment's `sector_size` is. */
export const IV_SECTOR_BYTES = 512;

/** Returns the IV sector of a byte offset in the volume; the offset is a multiple of the sector. */
export function ivSectorAt(geometry: CryptGeometry, offsetBytes: number): number {
  return geometry.ivTweakSectors + offsetBytes / IV_SECTOR_BYTES;
}
