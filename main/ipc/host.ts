import type { HostCapabilities, PathPurpose } from '../../shared/model/host.ts';

/**
 * Port to the window's host: what the use cases of the window need of it and nothing more.
 *
 * It lies here and not in `app`, because handlers may not import the composition root.
 */
export interface Host {
  readonly capabilities: HostCapabilities;
  /**
   * Asks the person for a path with the system's own dialog.
   *
   * @returns An absolute path, or null where the person cancelled.
   * @throws {@link UnsupportedError} `platform-unsupported` where the host has no dialogs.
   */
  choosePath(purpose: PathPurpose, suggestedName: string): Promise<string | null>;
  /** Shows a folder in the system's file manager. @throws `platform-unsupported` without one. */
  openFolder(path: string): Promise<void>;
}
