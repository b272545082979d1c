import { GERMAN_ERRORS } from './errors.ts';
import { GERMAN_SETTINGS } from './settings.ts';
import { GERMAN_VAULTS } from './vaults.ts';

/** All that is said in German. */
export const GERMAN = {
  messages: {
    ...GERMAN_SETTINGS,
    ...GERMAN_VAULTS,
  },
  errors: GERMAN_ERRORS,
};
