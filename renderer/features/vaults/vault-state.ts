import type { VaultState } from '../../../shared/model/vault.ts';
import type { BadgeTone } from '../../components/state-badge.tsx';

/** Tone in which each state is shown. */
export const STATE_TONES: Readonly<Record<VaultState, BadgeTone>> = {
  locked: 'calm',
  unlocking: 'busy',
  mounted: 'good',
  locking: 'busy',
  crashed: 'bad',
  missing: 'warn',
};

/** Tells whether a vault in this state can be unlocked. */
export function canUnlock(state: VaultState): boolean {
  return state === 'locked' || state === 'crashed';
}

/** Tells whether a vault in this state has nothing open, so that it may leave the list. */
export function canRemove(state: VaultState): boolean {
  return state === 'locked' || state === 'crashed' || state === 'missing';
}
