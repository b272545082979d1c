import { z } from 'zod';
import type { WireError } from '../../shared/errors/vault-error.ts';
import type { KernelMount } from '../../shared/model/backend.ts';
import { kernelDriverSchema, kernelFlagsSchema } from '../../shared/model/dmcrypt.ts';
import {
  type EngineEvents,
  type EngineSnapshot,
  engineChangesSchema,
} from '../../shared/model/engine.ts';
import type { VolumeStatistics } from '../../shared/model/statistics.ts';

/**
 * What other processes of the same user may ask of a mounted vault, over its control socket: one
 * JSON request a connection, one JSON answer. No key material travels here in either direction.
 */
export const controlRequestSchema = z.discriminatedUnion('verb', [
  z.strictObject({ verb: z.literal('status') }),
  z.strictObject({ verb: z.literal('sync') }),
  z.strictObject({ verb: z.literal('lock'), isForced: z.boolean() }),
  /** What is not named stays as it is. */
  z.strictObject({ verb: z.literal('tune'), changes: engineChangesSchema }),
  /** Of a vault that the kernel serves; `default` leaves the implementation to it. */
  z.strictObject({
    verb: z.literal('refresh'),
    flags: kernelFlagsSchema.optional(),
    driver: kernelDriverSchema.optional(),
  }),
]);
export type ControlRequest = Readonly<z.infer<typeof controlRequestSchema>>;

/** Since mount; bytes and requests as the mount saw them. */
export type SessionStatus = Readonly<{
  traffic: Readonly<{
    readBytes: number;
    writtenBytes: number;
    readRequests: number;
    writeRequests: number;
    errors: number;
  }>;
  usage: Readonly<{ totalBytes: number; freeBytes: number }> | null;
  /** Absent where the engine cannot be tuned. */
  engineEvents?: EngineEvents;
  /** Absent where the vault keeps none. */
  statistics?: VolumeStatistics | null;
  /** Why nothing can be written any more; absent where that is not known. */
  fault?: WireError | null;
}>;

export type ControlAnswers = {
  status: SessionStatus;
  sync: null;
  lock: null;
  tune: EngineSnapshot;
  refresh: KernelMount;
};

export type ControlReply =
  | Readonly<{ ok: true; value: ControlAnswers[keyof ControlAnswers] }>
  | Readonly<{
      ok: false;
      error: WireError;
      /** The volume is closed all the same, and its process about to end. */
      isEnding?: boolean;
    }>;

/** Longest request or answer on the socket. */
export const CONTROL_MESSAGE_BYTES = 64 * 1024;
