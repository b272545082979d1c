/**
 * Shows mutated headers to cryptsetup and to Lockline, and tells where their verdicts differ:
 *
 *     npm run fuzz:differ -- [CASES] [FIRST-CASE] [FOLDER-FOR-IMAGES]
 *
 * By default 10,000 cases from the first. Ends with a failure where Lockline opened what cryptsetup
 * refuses; every other difference is counted by its reason, and one image of each is kept where a
 * folder is named.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mutateContainer } from '../support/differential/mutate-container.ts';
import { SOUND_PASSPHRASES, soundContainers } from '../support/differential/sound-containers.ts';
import { twoVerdicts } from '../support/differential/two-verdicts.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const REPORT_EVERY = 500;
const [cases = '10000', first = '0', kept] = process.argv.slice(2);

using folder = temporaryFolder();
const containers = await soundContainers(folder);
const counts = new Map<string, number>();
if (kept !== undefined) mkdirSync(kept, { recursive: true });

for (let index = Number(first); index < Number(first) + Number(cases); index += 1) {
  const random = seededRandom(index);
  const sound = containers[random.below(containers.length)];
  if (sound === undefined) throw new RangeError('no containers');
  const bytes = mutateContainer(sound, random);
  for (const passphrase of SOUND_PASSPHRASES) {
    const { theirs, ours, reason } = await twoVerdicts(bytes, folder.file('case'), passphrase);
    const words = `${theirs} there, ${ours} here${theirs === ours ? '' : `: ${reason}`}`;
    const isNew = !counts.has(words);
    counts.set(words, (counts.get(words) ?? 0) + 1);
    if (theirs === ours || !isNew) continue;
    process.stdout.write(`case ${index}, ${sound.name}, ${passphrase}: ${words}\n`);
    if (kept !== undefined) writeFileSync(join(kept, `${index}.img`), bytes);
    if (ours === 'opened') process.exitCode = 1;
  }
  if ((index + 1) % REPORT_EVERY === 0) process.stdout.write(`${index + 1} cases\n`);
}
const sorted = [...counts].toSorted(([, a], [, b]) => b - a);
for (const [words, count] of sorted)
  process.stdout.write(`${String(count).padStart(8)}  ${words}\n`);
