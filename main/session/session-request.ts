import { z } from 'zod';
import { MOUNT_BACKENDS } from '../../shared/model/backend.ts';
import { benchmarkRequestSchema } from '../../shared/model/benchmark.ts';
import { createOptionsSchema, kdfChoiceSchema } from '../../shared/model/create-options.ts';
import { kernelDriverSchema, kernelFlagsSchema } from '../../shared/model/dmcrypt.ts';
import { enginePreferenceSchema } from '../../shared/model/engine.ts';
import { volumeMemorySchema } from '../../shared/model/volume-memory.ts';
import { nbdEndpointSchema } from '../mount/nbd/nbd-endpoint.ts';
import { HEADER_REQUESTS } from './header-requests.ts';
import { KEY_REQUESTS } from './key-requests.ts';

const pathSchema = z.string().min(1).max(4096);

const unlockFields = {
  /** Of a detached header. */
  headerPath: pathSchema.optional(),
  /** Whether a person has accepted how long the key derivation takes. */
  isCostAccepted: z.boolean().optional(),
} as const;

/** What a vault process is asked to do: exactly one of these, for its whole life. */
export const sessionRequestSchema = z.discriminatedUnion('verb', [
  z.strictObject({
    verb: z.literal('create'),
    path: pathSchema,
    options: createOptionsSchema,
    /** Of a detached header, which is made too. */
    headerPath: pathSchema.optional(),
  }),
  z.strictObject({ verb: z.literal('test'), path: pathSchema, ...unlockFields }),
  z.strictObject({ verb: z.literal('fsck'), path: pathSchema, ...unlockFields }),
  z.strictObject({ verb: z.literal('estimate'), choice: kdfChoiceSchema }),
  z.strictObject({
    verb: z.literal('bench'),
    request: benchmarkRequestSchema,
    folder: pathSchema,
    /** A folder inside a mounted vault of the same storage. */
    mountFolder: pathSchema.nullable(),
  }),
  ...KEY_REQUESTS,
  ...HEADER_REQUESTS,
  z.strictObject({
    verb: z.literal('mount'),
    path: pathSchema,
    ...unlockFields,
    /** `null`: a new folder under the user's runtime folder. */
    mountPoint: pathSchema.nullable(),
    isReadOnly: z.boolean(),
    engine: enginePreferenceSchema,
    /** `fuse` where it is not named. */
    backend: z.enum(MOUNT_BACKENDS).optional(),
    /** Told with the session: why this backend. */
    backendNotes: z.array(z.string().max(300)).max(8).readonly().optional(),
    /** For `dmcrypt`: in place of the header's flags; the implementation of the cipher. */
    kernelFlags: kernelFlagsSchema.optional(),
    kernelDriver: kernelDriverSchema.optional(),
    /** Whether the container gets back what becomes free inside. */
    discardsFreed: z.boolean().optional(),
    memory: volumeMemorySchema.optional(),
    /** `blocks`: one file with all blocks, for programs that check or repair them. */
    shows: z.enum(['files', 'blocks']).optional(),
  }),
  z.strictObject({
    verb: z.literal('nbd'),
    path: pathSchema,
    ...unlockFields,
    endpoint: nbdEndpointSchema,
    isReadOnly: z.boolean(),
    /** Whether clients may give space of the container back. */
    canTrim: z.boolean(),
    engine: enginePreferenceSchema,
  }),
]);
export type SessionRequest = z.infer<typeof sessionRequestSchema>;
