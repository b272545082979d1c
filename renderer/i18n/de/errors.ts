import type { ErrorTexts } from '../error-texts.ts';

/** What happened and what to do, in German. */
export const GERMAN_ERRORS: ErrorTexts = {};
