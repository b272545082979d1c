import { readFileSync } from 'node:fs';
import type { Licence } from '../../shared/model/licence.ts';

/** Beside the built program, or where the build put it for the sources. */
const FILES = ['../../licences.json', '../../dist/licences.json'];

/** Returns what is shipped beside Lockline's own code; nothing before the first build. */
export function readLicences(): readonly Licence[] {
  for (const file of FILES) {
    try {
      // Written by our build, in a folder that only its owner can write to.
      return JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as Licence[];
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
  return [];
}
