import { homedir } from 'node:os';
import { join } from 'node:path';
import { shell } from 'electron/common';
import {
  BrowserWindow,
  dialog,
  type OpenDialogOptions,
  type SaveDialogOptions,
} from 'electron/main';
import { UnsupportedError } from '../../../shared/errors/vault-error.ts';
import type { LockEvent } from '../../../shared/model/auto-lock.ts';
import { defaultFilesystem } from '../../../shared/model/create-options.ts';
import type { PathPurpose } from '../../../shared/model/host.ts';
import type { Host } from '../../ipc/host.ts';
import type { AppWords } from '../app-words.ts';

export type ElectronHostOptions = Readonly<{
  /** In the language of now. */
  words: () => AppWords;
  canStorePassphrases: boolean;
  lockEvents: readonly LockEvent[];
}>;

/** Returns the {@link Host} of an Electron window: the system's dialogs and file manager. */
export function createElectronWindowHost({
  words,
  canStorePassphrases,
  lockEvents,
}: ElectronHostOptions): Host {
  return {
    capabilities: {
      kind: 'electron',
      hasNativeDialogs: true,
      canOpenFolders: true,
      canStorePassphrases,
      isDesktopApp: true,
      lockEvents,
      suggestedFolder: homedir(),
      suggestedFilesystem: defaultFilesystem(process.platform),
    },
    choosePath: (purpose, suggestedName) =>
      isNewFile(purpose)
        ? chooseNewFile(suggestedName, words()[NEW_FILE_TITLES[purpose]])
        : chooseExisting(purpose, words()),
    openFolder: async (path) => {
      const complaint = await shell.openPath(path);
      if (complaint !== '') throw new UnsupportedError('platform-unsupported');
    },
  };
}

/** Purposes for which a new file is named, with their titles; the others open what is there. */
const NEW_FILE_TITLES = {
  create: 'newVault',
  'header-save': 'saveHeader',
  'recovery-save': 'saveRecoveryKey',
} as const satisfies Partial<Record<PathPurpose, keyof AppWords>>;

type NewFilePurpose = keyof typeof NEW_FILE_TITLES;

function isNewFile(purpose: PathPurpose): purpose is NewFilePurpose {
  return Object.hasOwn(NEW_FILE_TITLES, purpose);
}

async function chooseNewFile(suggestedName: string, title: string): Promise<string | null> {
  const options: SaveDialogOptions = {
    title,
    defaultPath: join(homedir(), suggestedName),
    // Main never overwrites a file, so the system's own question would promise too much.
    properties: ['createDirectory', 'showHiddenFiles'],
  };
  const window = BrowserWindow.getFocusedWindow();
  const { canceled, filePath } = await (window === null
    ? dialog.showSaveDialog(options)
    : dialog.showSaveDialog(window, options));
  return canceled || filePath === '' ? null : filePath;
}

const OPEN_OPTIONS: Readonly<Record<Exclude<PathPurpose, NewFilePurpose>, OpenDialogOptions>> = {
  add: { properties: ['openFile'] },
  keyfile: { properties: ['openFile', 'showHiddenFiles'] },
  'mount-point': { properties: ['openDirectory', 'createDirectory'] },
  'header-open': { properties: ['openFile', 'showHiddenFiles'] },
};

const TITLES = {
  add: 'addVault',
  keyfile: 'keyfile',
  'mount-point': 'mountPoint',
  'header-open': 'openHeader',
} as const;

async function chooseExisting(
  purpose: Exclude<PathPurpose, NewFilePurpose>,
  words: AppWords,
): Promise<string | null> {
  const window = BrowserWindow.getFocusedWindow();
  const options = { ...OPEN_OPTIONS[purpose], title: words[TITLES[purpose]] };
  const { canceled, filePaths } = await (window === null
    ? dialog.showOpenDialog(options)
    : dialog.showOpenDialog(window, options));
  return canceled ? null : (filePaths[0] ?? null);
}
