import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

/** Where Linux describes its processors. */
const PROCESSORS_FOLDER = '/sys/devices/system/cpu';

/**
 * Returns how many physical cores this process may use: two threads of one core share the units
 * that compute AES. Where the system does not tell, every processor counts as a core.
 */
export function physicalCores(folder = PROCESSORS_FOLDER): number {
  const usable = availableParallelism();
  try {
    const cores = new Set<string>();
    for (const name of readdirSync(folder)) {
      if (!/^cpu\d+$/.test(name)) continue;
      const topology = join(folder, name, 'topology');
      const read = (file: string) => readFileSync(join(topology, file), 'utf8').trim();
      cores.add(`${read('physical_package_id')}:${read('core_id')}`);
    }
    return cores.size === 0 ? usable : Math.min(usable, cores.size);
  } catch {
    return usable; // another system, or a processor that is switched off
  }
}
