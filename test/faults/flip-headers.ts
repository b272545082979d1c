/**
 * Flips bits in headers, case after case, and stops at the first one that breaks a promise:
 *
 *     npm run fuzz:flips -- [CASES] [STATE-FILE]
 *
 * By default 100,000 cases. The state file holds the number of the next case, so that a run that was
 * interrupted goes on where it was.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createFlipImages, runFlipCase } from '../support/flip-bits.ts';

const REPORT_EVERY = 1000;
const [cases = '100000', stateFile] = process.argv.slice(2);

function readState(): number {
  if (stateFile === undefined) return 0;
  try {
    return Number(readFileSync(stateFile, 'utf8'));
  } catch {
    return 0; // the first run
  }
}

const images = await createFlipImages();
const startMs = performance.now();
const counts = new Map<string, number>();
const first = readState();
for (let index = first; index < Number(cases); index += 1) {
  const outcome = await runFlipCase(images, index);
  counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  if ((index + 1) % REPORT_EVERY !== 0) continue;
  if (stateFile !== undefined) writeFileSync(stateFile, String(index + 1));
  const seconds = ((performance.now() - startMs) / 1000).toFixed(0);
  const words = [...counts].map(([name, count]) => `${name} ${count}`).join(', ');
  process.stdout.write(`${index + 1} cases, ${seconds} s: ${words}\n`);
}
