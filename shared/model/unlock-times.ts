import { z } from 'zod';

/**
 * What an unlock is made of: reading the header and asking whether it may be served; deriving area
 * keys; reading, decrypting and merging key areas; verifying keys by the digest; mounting.
 */
export const UNLOCK_PARTS = ['header', 'derivation', 'area', 'digest', 'mount'] as const;
export type UnlockPart = (typeof UNLOCK_PARTS)[number];

/** Milliseconds of each part; of all keyslots that were tried. */
export const unlockTimesSchema = z.strictObject({
  header: z.number().min(0),
  derivation: z.number().min(0),
  area: z.number().min(0),
  digest: z.number().min(0),
  mount: z.number().min(0),
});
export type UnlockTimes = Readonly<z.infer<typeof unlockTimesSchema>>;
