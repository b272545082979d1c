import type { AppSnapshot } from '../model/app.ts';
import type { Channel } from './channels.ts';
import type { Input, Output } from './contract.ts';
import type { Result } from './result.ts';

/** All that a window has of main, whichever host carries it. */
export interface WindowApi {
  /** Never rejects for a refusal: that is a coded answer. */
  invoke<C extends Channel>(channel: C, input: Input<C>): Promise<Result<Output<C>>>;
  /** Calls `listener` with each snapshot; the returned function stops it. */
  onSnapshot(listener: (snapshot: AppSnapshot) => void): () => void;
}

/** Name under which the preload script exposes the {@link WindowApi}. */
export const WINDOW_API_KEY = 'lockline';
/** Name of the one event on Electron's transport. */
export const SNAPSHOT_EVENT = 'snapshot';
