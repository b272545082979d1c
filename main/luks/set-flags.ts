import {
  findKernelFlag,
  KERNEL_FLAGS,
  type KernelFlagName,
  sortFlags,
} from '../../shared/model/dmcrypt.ts';
import type { HeaderDevice } from './header-storage.ts';
import { metadataError } from './metadata-error.ts';
import type { LoadedHeader } from './read-luks2.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './strict-json.ts';
import { updateHeader } from './update-header.ts';

/**
 * Persistent flags: names in the header's `config.flags`, with which every activation begins,
 * whoever does it. Names that are none of dm-crypt's, or newer than this code, stay where they are.
 *
 * @see LUKS2 specification 1.1.4, section 3.5
 */

/** The persistent flags of a header: those that this code knows, and the others as they are spelled. */
export type PersistentFlags = Readonly<{
  flags: readonly KernelFlagName[];
  others: readonly string[];
}>;

/** Returns the persistent flags of a header. Only cryptsetup's own spelling counts. */
export function readFlags(loaded: LoadedHeader): PersistentFlags {
  const names = loaded.header.metadata.flags;
  return {
    flags: sortFlags(names.flatMap((name) => kernelFlagOf(name) ?? [])),
    others: names.filter((name) => kernelFlagOf(name) === undefined),
  };
}

/**
 * Makes these the persistent flags of a container, and leaves names that are not known alone.
 * Nothing is written where they are that already.
 *
 * @returns The header as read back.
 * @throws StateError `header-changed` where the container no longer holds `loaded`.
 * @throws FormatError `header-ambiguous`; `metadata-invalid`, also where there is no room for them.
 * @throws DeviceError `read-only`
 */
export function setFlags(
  device: HeaderDevice,
  loaded: LoadedHeader,
  flags: readonly KernelFlagName[],
): LoadedHeader {
  const present = readFlags(loaded);
  const wanted = sortFlags(flags);
  if (wanted.join() === present.flags.join()) return loaded;
  const names = [...wanted.map((flag) => KERNEL_FLAGS[flag].headerName), ...present.others];
  return updateHeader(device, loaded, { root: withFlags(loaded.header.metadata.root, names) });
}

function kernelFlagOf(headerName: string): KernelFlagName | undefined {
  const flag = findKernelFlag(headerName);
  return flag !== undefined && KERNEL_FLAGS[flag].headerName === headerName ? flag : undefined;
}

/** The document with other flags; without any, the member goes, as the reference leaves it out. */
function withFlags(root: JsonObject, names: readonly string[]): JsonObject {
  const config = root.get('config');
  if (!isJsonObject(config)) throw metadataError('config', 'missing');
  const changed = new Map<string, JsonValue>(config);
  if (names.length === 0) changed.delete('flags');
  else changed.set('flags', names);
  return new Map<string, JsonValue>(root).set('config', changed);
}
