import type { BlockDevice } from '../../block/block-device.ts';
import { TRANSMISSION_FLAGS } from './nbd-protocol.ts';

/** What is served: one volume, under the empty name. */
export type NbdExport = Readonly<{
  /** Borrowed: a device whose `flush` covers what any connection wrote. */
  device: BlockDevice;
  /** Shown to people by clients that list. */
  description: string;
  isReadOnly: boolean;
  /** Whether TRIM gives space of the container back; it tells who holds the container what is unused. */
  canTrim: boolean;
}>;

/** The flags that tell a client what the export can do. */
export function transmissionFlags({ isReadOnly, canTrim }: NbdExport): number {
  const flags = TRANSMISSION_FLAGS;
  // Every connection writes to the one device and none has a cache, so that a flush covers all.
  const always =
    flags.hasFlags | flags.sendFlush | flags.sendFua | flags.sendDf | flags.canMultiConn;
  if (isReadOnly) return always | flags.readOnly;
  return always | flags.sendWriteZeroes | flags.sendFastZero | (canTrim ? flags.sendTrim : 0);
}
