import type { ErrorTexts } from '../error-texts.ts';

/** What happened and what to do, in French. */
export const FRENCH_ERRORS: ErrorTexts = {};
