import { JAPANESE_ERRORS } from './errors.ts';
import { JAPANESE_SETTINGS } from './settings.ts';
import { JAPANESE_VAULTS } from './vaults.ts';

/** All that is said in Japanese. */
export const JAPANESE = {
  messages: {
    ...JAPANESE_SETTINGS,
    ...JAPANESE_VAULTS,
  },
  errors: JAPANESE_ERRORS,
};
