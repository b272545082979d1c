import { existsSync } from 'node:fs';
import { MountError } from '../../../shared/errors/vault-error.ts';
import type { MountBackend } from '../backend.ts';
import { findFusermount } from './find-fusermount.ts';
import { connectFuse } from './fuse-connection.ts';
import { fuseHealth } from './fuse-health.ts';
import { serveFuse } from './fuse-loop.ts';
import { unmountFuse } from './fuse-unmount.ts';

/** FUSE on Linux, spoken over `/dev/fuse` without any library. */
export const fuseBackend: MountBackend = {
  name: 'fuse',
  available: () => {
    if (process.platform !== 'linux')
      return new MountError('backend-missing', { reason: 'not Linux' });
    if (!existsSync('/dev/fuse'))
      return new MountError('backend-missing', { reason: 'no /dev/fuse' });
    const isRoot = process.geteuid?.() === 0;
    if (isRoot || findFusermount() !== undefined) return undefined;
    return new MountError('backend-missing', { reason: 'no fusermount3' });
  },
  mount: (options) => {
    const connection = connectFuse(options);
    return {
      mountPoint: options.mountPoint,
      serve: (fileSystem, serveOptions) => serveFuse(connection, fileSystem, serveOptions),
      [Symbol.dispose]: () => connection[Symbol.dispose](),
    };
  },
  unmount: unmountFuse,
  health: fuseHealth,
};
