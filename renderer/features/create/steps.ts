/** The steps to a new vault, in order. */
export const CREATE_STEPS = ['place', 'secret', 'strength', 'review'] as const;
export type CreateStep = (typeof CREATE_STEPS)[number];

/** Returns the step after (or before, with -1) another; the same at either end. */
export function stepBeside(step: CreateStep, distance: 1 | -1): CreateStep {
  return CREATE_STEPS[CREATE_STEPS.indexOf(step) + distance] ?? step;
}
