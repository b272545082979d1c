import { SPANISH_BACKEND } from './backend.ts';
import { SPANISH_BENCHMARK } from './benchmark.ts';
import { SPANISH_ERRORS } from './errors.ts';
import { SPANISH_FINDINGS } from './findings.ts';
import { SPANISH_JOBS } from './jobs.ts';
import { SPANISH_KEYS } from './keys.ts';
import { SPANISH_PERFORMANCE } from './performance.ts';
import { SPANISH_SETTINGS } from './settings.ts';
import { SPANISH_VAULTS } from './vaults.ts';

/** All that is said in Spanish. */
export const SPANISH = {
  messages: {
    ...SPANISH_BACKEND,
    ...SPANISH_BENCHMARK,
    ...SPANISH_FINDINGS,
    ...SPANISH_JOBS,
    ...SPANISH_KEYS,
    ...SPANISH_PERFORMANCE,
    ...SPANISH_SETTINGS,
    ...SPANISH_VAULTS,
  },
  errors: SPANISH_ERRORS,
};
