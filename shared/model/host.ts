import type { LockEvent } from './auto-lock.ts';
import type { CreateOptions } from './create-options.ts';

/** What the window's host can do, so that the renderer offers no more than that. */
export type HostCapabilities = Readonly<{
  kind: 'electron' | 'browser';
  /** Paths come from the system's own dialogs; where false, people type them. */
  hasNativeDialogs: boolean;
  canOpenFolders: boolean;
  /** The system has a keychain that keeps passphrases safe. */
  canStorePassphrases: boolean;
  /** Tray, start at login, a shortcut that works everywhere: parts of a desktop app. */
  isDesktopApp: boolean;
  /** What the host is told of, so that vaults can lock themselves. */
  lockEvents: readonly LockEvent[];
  /** Folder that a new vault is suggested in, absolute. */
  suggestedFolder: string;
  /** What a new vault is formatted with where nothing else is chosen. */
  suggestedFilesystem: CreateOptions['filesystem'];
}>;

/** What a granted path may be used for; a grant of one purpose opens no other door. */
export const PATH_PURPOSES = [
  'create',
  'add',
  'keyfile',
  'mount-point',
  'header-save',
  'header-open',
  'recovery-save',
] as const;
export type PathPurpose = (typeof PATH_PURPOSES)[number];

/** Leave to use one path once or more, given by main. The path is for showing to people only. */
export type PathGrant = Readonly<{ grantId: string; purpose: PathPurpose; path: string }>;
