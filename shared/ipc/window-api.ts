import type { AppSnapshot } from '../model/app.ts';
import type { PathGrant } from '../model/host.ts';
import type { Channel } from './channels.ts';
import type { Input, Output } from './contract.ts';
import type { Result } from './result.ts';

/** A file that was dropped on the window, as the DOM has it; what it holds is not looked at. */
export type DroppedFile = Readonly<{ name: string; size: number; lastModified: number }>;

/** All that a window has of main, whichever host carries it. */
export interface WindowApi {
  /** Never rejects for a refusal: that is a coded answer. */
  invoke<C extends Channel>(channel: C, input: Input<C>): Promise<Result<Output<C>>>;
  /** Calls `listener` with each snapshot; the returned function stops it. */
  onSnapshot(listener: (snapshot: AppSnapshot) => void): () => void;
  /** Calls `listener` with each vault whose unlock was asked for outside the window, as in the tray. */
  onUnlockAsked?(listener: (vaultId: string) => void): () => void;
  /** Leave to add a dropped file; missing where the system does not tell its path. */
  grantDropped?(file: DroppedFile): Promise<Result<PathGrant>>;
}

/** Name under which the preload script exposes the {@link WindowApi}. */
export const WINDOW_API_KEY = 'lockline';
/** Name of the event of snapshots on Electron's transport. */
export const SNAPSHOT_EVENT = 'snapshot';
/** Name of the event that asks for the unlock of a vault. */
export const UNLOCK_EVENT = 'unlock';
