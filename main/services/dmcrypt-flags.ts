import {
  type KernelFlagName,
  type KernelFlagWarning,
  sortFlags,
  warnAboutFlags,
} from '../../shared/model/dmcrypt.ts';
import { FileDevice } from '../block/file-device.ts';
import { readLuks2 } from '../luks/read-luks2.ts';
import { readFlags, setFlags } from '../luks/set-flags.ts';
import { kernelVersion } from '../system/kernel-release.ts';

/** What is to become of the persistent flags: all of them anew, or some more and some less. */
export type FlagChanges = Readonly<{
  set?: readonly KernelFlagName[];
  add?: readonly KernelFlagName[];
  remove?: readonly KernelFlagName[];
}>;

/** The persistent flags of a container, and what speaks against them on this machine. */
export type FlagReport = Readonly<{
  flags: readonly KernelFlagName[];
  /** Names in the header that are not known here; never touched. */
  others: readonly string[];
  warnings: readonly KernelFlagWarning[];
}>;

/**
 * Changes the persistent dm-crypt flags in a container's header, or only reads them where nothing
 * is to be changed. Needs no passphrase, and works while the vault is in use.
 *
 * @param path - Absolute.
 * @throws StateError `header-changed`, `operation-in-progress`; FormatError, UnsupportedError or
 * DeviceError with the code that tells why.
 */
export function changePersistentFlags(path: string, changes: FlagChanges): FlagReport {
  const isChange = Object.keys(changes).length > 0;
  using device = FileDevice.open(path, { isReadOnly: !isChange, lock: 'none' });
  const loaded = readLuks2(device);
  const present = readFlags(loaded);
  const wanted = sortFlags(
    [...(changes.set ?? present.flags), ...(changes.add ?? [])].filter(
      (flag) => changes.remove?.includes(flag) !== true,
    ),
  );
  const { flags, others } = isChange ? readFlags(setFlags(device, loaded, wanted)) : present;
  return { flags, others, warnings: warnAboutFlags(flags, kernelVersion()) };
}
