import { FRENCH_BACKEND } from './backend.ts';
import { FRENCH_BENCHMARK } from './benchmark.ts';
import { FRENCH_ERRORS } from './errors.ts';
import { FRENCH_FINDINGS } from './findings.ts';
import { FRENCH_JOBS } from './jobs.ts';
import { FRENCH_KEYS } from './keys.ts';
import { FRENCH_PERFORMANCE } from './performance.ts';
import { FRENCH_SETTINGS } from './settings.ts';
import { FRENCH_VAULTS } from './vaults.ts';

/** All that is said in French. */
export const FRENCH = {
  messages: {
    ...FRENCH_BACKEND,
    ...FRENCH_BENCHMARK,
    ...FRENCH_FINDINGS,
    ...FRENCH_JOBS,
    ...FRENCH_KEYS,
    ...FRENCH_PERFORMANCE,
    ...FRENCH_SETTINGS,
    ...FRENCH_VAULTS,
  },
  errors: FRENCH_ERRORS,
};
