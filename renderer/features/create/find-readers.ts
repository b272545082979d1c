import type { KdfEstimate } from '../../../shared/model/kdf-estimate.ts';
import { GIB, KIB, MIB } from '../../../shared/units.ts';

/** Machines that a vault may have to open on, with the memory that a program gets on them. */
const READERS = [
  { name: 'computer', spareBytes: 4 * GIB },
  { name: 'laptop', spareBytes: 1.5 * GIB },
  { name: 'phone', spareBytes: 256 * MIB },
] as const;

/** Whether a machine has the memory: enough, just so, or too little. */
type Verdict = 'yes' | 'slow' | 'no';
type Reader = Readonly<{ name: (typeof READERS)[number]['name']; verdict: Verdict }>;

/** Above this share of the memory that is to be had, an unlock displaces other programs. */
const TIGHT = 0.5;

/** Tells on which machines a key derivation of this cost can run. */
export function findReaders({ memoryKib }: KdfEstimate): readonly Reader[] {
  return READERS.map(({ name, spareBytes }) => {
    const share = (memoryKib * KIB) / spareBytes;
    return { name, verdict: share > 1 ? 'no' : share > TIGHT ? 'slow' : 'yes' };
  });
}
