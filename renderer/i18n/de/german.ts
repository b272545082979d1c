import { GERMAN_BACKEND } from './backend.ts';
import { GERMAN_BENCHMARK } from './benchmark.ts';
import { GERMAN_ERRORS } from './errors.ts';
import { GERMAN_FINDINGS } from './findings.ts';
import { GERMAN_JOBS } from './jobs.ts';
import { GERMAN_KEYS } from './keys.ts';
import { GERMAN_PERFORMANCE } from './performance.ts';
import { GERMAN_SETTINGS } from './settings.ts';
import { GERMAN_VAULTS } from './vaults.ts';

/** All that is said in German. */
export const GERMAN = {
  messages: {
    ...GERMAN_BACKEND,
    ...GERMAN_BENCHMARK,
    ...GERMAN_FINDINGS,
    ...GERMAN_JOBS,
    ...GERMAN_KEYS,
    ...GERMAN_PERFORMANCE,
    ...GERMAN_SETTINGS,
    ...GERMAN_VAULTS,
  },
  errors: GERMAN_ERRORS,
};
