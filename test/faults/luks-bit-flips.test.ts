import { describe, expect, it } from 'vitest';
import { createFlipImages, type FlipOutcome, runFlipCase } from '../support/flip-bits.ts';

/** A short run; `flip-headers.ts` beside this file runs as many as wanted, from where it stopped. */
const CASES = 1000;

describe('flipped bits in a header', () => {
  it(`leave a container that opens with the same data or is refused, in ${CASES} cases`, async () => {
    const images = await createFlipImages();
    const counts: Record<FlipOutcome, number> = {
      opened: 0,
      'refused-load': 0,
      'refused-unlock': 0,
    };
    for (let index = 0; index < CASES; index += 1) counts[await runFlipCase(images, index)] += 1;
    // Each way must have been gone: else the cases would show nothing.
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(CASES / 50);
  }, 180_000);
});
