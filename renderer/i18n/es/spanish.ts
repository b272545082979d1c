import { SPANISH_ERRORS } from './errors.ts';
import { SPANISH_SETTINGS } from './settings.ts';
import { SPANISH_VAULTS } from './vaults.ts';

/** All that is said in Spanish. */
export const SPANISH = {
  messages: {
    ...SPANISH_SETTINGS,
    ...SPANISH_VAULTS,
  },
  errors: SPANISH_ERRORS,
};
