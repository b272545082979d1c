import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mutateContainer, type SoundContainer } from '../support/differential/mutate-container.ts';
import { SOUND_PASSPHRASES, soundContainers } from '../support/differential/sound-containers.ts';
import { twoVerdicts } from '../support/differential/two-verdicts.ts';
import { requireTool } from '../support/require-tool.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

const hasCryptsetup = requireTool('cryptsetup', 'cryptsetup-bin');
/** A short run; `npm run fuzz:differ` shows as many to both programs as wanted. */
const CASES = 120;

/**
 * Where Lockline refuses what cryptsetup takes, on purpose: JSON that only a lax reader reads, digests
 * that verify nothing, costs over the limits, ciphers and hashes that it does not have, and areas that
 * are too small for their stripes.
 */
const STRICTER = [
  /^metadata-invalid/,
  /^(digest-invalid|kdf-cost-excessive|kdf-unsupported|hash-unsupported|cipher-unsupported)/,
  /^(area-overlap|container-truncated|requirement-unknown|reencryption-in-progress)/,
];

describe.skipIf(!hasCryptsetup)('mutated headers', () => {
  let folder: TemporaryFolder;
  let containers: readonly SoundContainer[];
  beforeAll(async () => {
    folder = temporaryFolder();
    containers = await soundContainers(folder);
  }, 120_000);
  afterAll(() => folder[Symbol.dispose]());

  it(`never open here where cryptsetup refuses them, in ${CASES} cases`, async () => {
    let opened = 0;
    for (let index = 0; index < CASES; index += 1) {
      const random = seededRandom(index);
      const sound = containers[random.below(containers.length)];
      if (sound === undefined) throw new RangeError('no containers');
      const bytes = mutateContainer(sound, random);
      const { theirs, ours, reason } = await twoVerdicts(
        bytes,
        folder.file('case'),
        SOUND_PASSPHRASES[index % 2] ?? '',
      );
      const words = `case ${index}, ${sound.name}: ${theirs} there, ${ours} here, ${reason}`;
      if (ours === 'opened') opened += 1;
      if (ours === 'opened') expect(['opened', 'endless'], words).toContain(theirs);
      else if (theirs === 'opened')
        expect(
          STRICTER.some((pattern) => pattern.test(reason)),
          words,
        ).toBe(true);
    }
    expect(opened).toBeGreaterThan(CASES / 20);
  }, 600_000);
});
