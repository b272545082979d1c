import { z } from 'zod';
import { GIB, KIB, MIB, TIB } from '../units.ts';

export const SECTOR_SIZES = [512, 1024, 2048, 4096] as const;
export const KEY_SIZES_BITS = [256, 512] as const;
export const KDF_TYPES = ['argon2id', 'argon2i', 'pbkdf2'] as const;
export const FILESYSTEMS = ['fat32', 'ext4', 'none'] as const;
export const MINIMUM_CONTAINER_BYTES = 32 * MIB;

/**
 * How the cost of key derivation is chosen: by a target time, or forced.
 * `forcedIterations` is PBKDF2's iterations or Argon2's time cost, and needs `memoryKib` for Argon2.
 */
export const kdfChoiceSchema = z.strictObject({
  type: z.enum(KDF_TYPES),
  targetMs: z.int().min(100).max(60_000).optional(),
  /** Argon2 only: upper bound while calibrating, exact where iterations are forced. KiB. */
  memoryKib: z
    .int()
    .min(32)
    .max((4 * GIB) / KIB)
    .optional(),
  parallel: z.int().min(1).max(4).optional(),
  forcedIterations: z
    .int()
    .min(1)
    .max(2 ** 32 - 1)
    .optional(),
});
export type KdfChoice = Readonly<z.infer<typeof kdfChoiceSchema>>;

/** What a new key of LUKS2 gets where nothing else is asked for; LUKS1 has PBKDF2 alone. */
export const DEFAULT_KDF_TYPE = 'argon2id' satisfies KdfChoice['type'];

/** As {@link kdfChoiceSchema}; without a type it is the container's format that decides. */
export const kdfPreferenceSchema = kdfChoiceSchema.partial({ type: true });
export type KdfPreference = Readonly<z.infer<typeof kdfPreferenceSchema>>;

export const createOptionsSchema = z.strictObject({
  sizeBytes: z
    .int()
    .min(MINIMUM_CONTAINER_BYTES)
    .max(64 * TIB),
  label: z.string().max(47),
  subsystem: z.string().max(47),
  filesystem: z.enum(FILESYSTEMS),
  sectorBytes: z.literal(SECTOR_SIZES),
  keyBits: z.literal(KEY_SIZES_BITS),
  kdf: kdfChoiceSchema,
  /** Reserve all of the space now, instead of a sparse file. */
  allocate: z.boolean(),
});
export type CreateOptions = Readonly<z.infer<typeof createOptionsSchema>>;

/** What a new vault has inside where nothing is said: ext4 on Linux, else what every system reads. */
export function defaultFilesystem(platform: string): (typeof FILESYSTEMS)[number] {
  return platform === 'linux' ? 'ext4' : 'fat32';
}

/** The same on every system; {@link defaultFilesystem} is the system's own. */
export const DEFAULT_CREATE_OPTIONS: Omit<CreateOptions, 'sizeBytes'> = {
  label: '',
  subsystem: '',
  filesystem: 'fat32',
  sectorBytes: 4096,
  keyBits: 512,
  kdf: { type: 'argon2id' },
  allocate: false,
};
