import { JAPANESE_BACKEND } from './backend.ts';
import { JAPANESE_BENCHMARK } from './benchmark.ts';
import { JAPANESE_ERRORS } from './errors.ts';
import { JAPANESE_FINDINGS } from './findings.ts';
import { JAPANESE_JOBS } from './jobs.ts';
import { JAPANESE_KEYS } from './keys.ts';
import { JAPANESE_PERFORMANCE } from './performance.ts';
import { JAPANESE_SETTINGS } from './settings.ts';
import { JAPANESE_VAULTS } from './vaults.ts';

/** All that is said in Japanese. */
export const JAPANESE = {
  messages: {
    ...JAPANESE_BACKEND,
    ...JAPANESE_BENCHMARK,
    ...JAPANESE_FINDINGS,
    ...JAPANESE_JOBS,
    ...JAPANESE_KEYS,
    ...JAPANESE_PERFORMANCE,
    ...JAPANESE_SETTINGS,
    ...JAPANESE_VAULTS,
  },
  errors: JAPANESE_ERRORS,
};
