import type { MountError } from '../../shared/errors/vault-error.ts';
import type { FileSystem } from '../filesystem/file-system.ts';
import type { ServeExit, ServeOptions } from './fuse/fuse-loop.ts';

/** What to mount and where. */
export type MountOptions = Readonly<{
  /** An existing empty directory; see `prepareMountPoint`. */
  mountPoint: string;
  isReadOnly: boolean;
  /** Shown in the system's list of mounts: the label or the file's name. */
  volumeName: string;
}>;

/** `serving` answers; `stale` is a mount whose process is gone; `unresponsive` did not answer in time. */
export type MountHealth = 'serving' | 'stale' | 'unresponsive' | 'not-mounted';

/** A mount that the system has made. Disposing ends its connection; unmount it first. */
export interface PendingMount extends Disposable {
  readonly mountPoint: string;
  /** Serves requests until the mount is gone; blocks the thread, so it belongs in a worker. */
  serve(fileSystem: FileSystem, options: ServeOptions): ServeExit;
}

/**
 * One way of showing a volume as a folder.
 *
 * `mount` and the serving belong to the volume worker; everything else may be called from any
 * thread or process of the same user.
 */
export interface MountBackend {
  readonly name: 'fuse';
  /** Tells why this backend cannot be used here; `undefined` where it can. Cheap, tries nothing. */
  available(): MountError | undefined;
  /** @throws {@link MountError} `backend-missing`, `backend-denied`, `mountpoint-invalid`. */
  mount(options: MountOptions): PendingMount;
  /** @throws {@link MountError} `unmount-busy`, `backend-missing`, `backend-denied`. */
  unmount(mountPoint: string, options: Readonly<{ isForced: boolean }>): Promise<void>;
  health(mountPoint: string): Promise<MountHealth>;
}
