import { release, version } from 'node:os';
import { type KernelVersion, parseKernelVersion } from '../../shared/model/dmcrypt.ts';

/**
 * Returns the version of the running Linux, `null` on other systems.
 *
 * Debian's release (`6.1.0-40-amd64`) counts its own builds; the version of the sources, on which
 * fixes depend, stands in the build's description.
 */
export function kernelVersion(): KernelVersion | null {
  if (process.platform !== 'linux') return null;
  const sources = /\bDebian (\d+\.\d+\.\d+)/.exec(version())?.[1];
  return parseKernelVersion(sources ?? release());
}
