import { z } from 'zod';
import { kernelMountSchema } from '../../shared/model/backend.ts';
import { ENGINE_MODES } from '../../shared/model/engine.ts';
import { headerPinSchema } from '../../shared/model/header-pin.ts';
import { unlockTimesSchema } from '../../shared/model/unlock-times.ts';
import { volumeMemorySchema } from '../../shared/model/volume-memory.ts';

/**
 * What a mounted vault tells other processes of the same user, as a file in the runtime folder.
 * The process is identified by its number and start time, so that a reused number is not mistaken.
 */
export const sessionDescriptionSchema = z.strictObject({
  version: z.literal(1),
  sessionId: z.string().regex(/^[0-9a-f]{16}$/),
  processId: z.int().positive(),
  /** Clock ticks after boot, field 22 of /proc/PID/stat; empty where the system has none. */
  processStart: z.string(),
  path: z.string(),
  /** Device and inode of the container: the same file under another name is the same vault. */
  device: z.string(),
  inode: z.string(),
  uuid: z.string(),
  label: z.string(),
  /** What the header said at the unlock. */
  pin: headerPinSchema.optional(),
  mountPoint: z.string(),
  /** The mount point was made for this session and is removed with it. */
  ownsMountPoint: z.boolean(),
  isReadOnly: z.boolean(),
  backend: z.string(),
  /** Why this backend: what was tried before it, and why it was not used. */
  backendNotes: z.array(z.string()).readonly().optional(),
  /** Where the kernel serves the volume: its mapping. */
  kernel: kernelMountSchema.optional(),
  /** As `blkid` would call it. */
  filesystem: z.string(),
  /** What there is to know of it, such as why it is read-only. */
  filesystemNotes: z.array(z.string()).readonly().optional(),
  engine: z.strictObject({
    read: z.enum(ENGINE_MODES),
    write: z.enum(ENGINE_MODES),
    provider: z.string(),
    threads: z.int().min(0),
    notes: z.array(z.string()).readonly(),
  }),
  /** Of its mount by FUSE. */
  memory: volumeMemorySchema.optional(),
  /** How long the unlock took, part by part. */
  unlockTimes: unlockTimesSchema.optional(),
  startedMs: z.number(),
});

export type SessionDescription = Readonly<z.infer<typeof sessionDescriptionSchema>>;
