import type { ErrorTexts } from '../error-texts.ts';

/** What happened and what to do, in Japanese. */
export const JAPANESE_ERRORS: ErrorTexts = {};
