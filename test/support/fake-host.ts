import type { Host } from '../../main/ipc/host.ts';
import { LOCK_EVENTS } from '../../shared/model/auto-lock.ts';
import type { HostCapabilities } from '../../shared/model/host.ts';

/** A host without a system behind it, which keeps the folders that it was asked to open. */
export type FakeHost = Host & Readonly<{ openedFolders: readonly string[] }>;

/** Returns a host of typed paths, or with `chosenPath` one of dialogs that answer with it. */
export function createFakeHost(
  changes: Partial<HostCapabilities> = {},
  chosenPath: string | null = null,
): FakeHost {
  const openedFolders: string[] = [];
  return {
    openedFolders,
    capabilities: {
      kind: 'browser',
      hasNativeDialogs: false,
      canOpenFolders: true,
      canStorePassphrases: false,
      isDesktopApp: false,
      lockEvents: LOCK_EVENTS,
      suggestedFolder: '/home/ada',
      suggestedFilesystem: 'ext4',
      ...changes,
    },
    choosePath: async () => chosenPath,
    openFolder: async (path) => {
      openedFolders.push(path);
    },
  };
}
