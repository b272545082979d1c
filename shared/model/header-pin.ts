import { z } from 'zod';
import type { ContainerInfo } from './container-info.ts';

/** What a vault's header said when it was last unlocked, as far as a change would be suspicious. */
export const headerPinSchema = z.strictObject({
  uuid: z.string(),
  cipher: z.string(),
  /** Of the volume key; 0 where no keyslot tells. */
  keyBytes: z.int().min(0),
  dataOffsetBytes: z.int().min(0),
});
export type HeaderPin = Readonly<z.infer<typeof headerPinSchema>>;

/** A field of a known vault's header that is not what it was. */
export type HeaderChange = Readonly<{
  field: keyof HeaderPin;
  before: string | number;
  now: string | number;
}>;

/** Returns what is to be remembered of a header. */
export function pinOf(info: ContainerInfo): HeaderPin {
  const [segment] = info.segments;
  const digest = info.digests.find(({ segments }) => segments.includes(segment?.id ?? 0));
  const keyslot = info.keyslots.find(({ id }) => digest?.keyslots.includes(id));
  return {
    uuid: info.uuid,
    cipher: segment?.encryption ?? segment?.type ?? '',
    keyBytes: keyslot?.keyBytes ?? 0,
    dataOffsetBytes: segment?.offsetBytes ?? 0,
  };
}

/** Returns what differs. Without keyslots nothing is known of the key, which is no change of it. */
export function headerChanges(before: HeaderPin, now: HeaderPin): readonly HeaderChange[] {
  const fields = ['uuid', 'cipher', 'keyBytes', 'dataOffsetBytes'] as const;
  return fields
    .filter((field) => before[field] !== now[field])
    .filter((field) => field !== 'keyBytes' || (before.keyBytes > 0 && now.keyBytes > 0))
    .map((field) => ({ field, before: before[field], now: now[field] }));
}
