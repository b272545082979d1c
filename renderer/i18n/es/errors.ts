import type { ErrorTexts } from '../error-texts.ts';

/** What happened and what to do, in Spanish. */
export const SPANISH_ERRORS: ErrorTexts = {};
