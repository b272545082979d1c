import { dirname } from 'node:path';
import { UnsupportedError } from '../../shared/errors/vault-error.ts';
import { writeDiagnostics } from '../services/diagnostics.ts';
import { readLicences } from '../services/licences.ts';
import { findDropped, usualFolders } from './find-dropped.ts';
import type { HandlerContext, HandlersOf } from './handler.ts';
import { parseTypedPath } from './path-grants.ts';

type AppChannel =
  | 'app.snapshot'
  | 'app.log'
  | 'app.diagnostics'
  | 'app.licences'
  | 'host.capabilities'
  | 'path.choose'
  | 'path.grant'
  | 'path.place'
  | 'path.dropped'
  | 'path.find'
  | 'job.cancel'
  | 'job.dismiss'
  | 'job.clear'
  | 'kdf.estimate'
  | 'settings.update'
  | 'settings.reset';

/** Returns the handlers of the application: host, paths, jobs and settings. */
export function createAppHandlers({
  services,
  host,
  grants,
  eventLog,
}: HandlerContext): HandlersOf<AppChannel> {
  return {
    'app.snapshot': () => services.snapshot(),
    'app.log': () => eventLog.list(),
    'app.diagnostics': () => ({
      path: writeDiagnostics(services.snapshot(), eventLog.list()),
    }),
    'app.licences': () => readLicences(),
    'host.capabilities': () => host.capabilities,
    'path.choose': async ({ purpose, suggestedName }) => {
      const path = await host.choosePath(purpose, suggestedName);
      return path === null ? null : grants.grant(purpose, path);
    },
    'path.grant': ({ purpose, path }) => {
      // SECURITY: where the system has dialogs, no path is taken on the window's word.
      if (host.capabilities.hasNativeDialogs) throw new UnsupportedError('platform-unsupported');
      return grants.grant(purpose, parseTypedPath(path));
    },
    'path.place': ({ grantId }) => services.placeInfo(grants.find(grantId, 'create')),
    'path.dropped': ({ path }) => {
      if (!host.capabilities.hasNativeDialogs) throw new UnsupportedError('platform-unsupported');
      return grants.grant('add', parseTypedPath(path));
    },
    'path.find': ({ name, ...file }) => {
      if (host.capabilities.hasNativeDialogs) throw new UnsupportedError('platform-unsupported');
      const { vaults } = services.snapshot();
      const path = findDropped(name, file, [
        ...vaults.map((vault) => dirname(vault.path)),
        ...usualFolders(host.capabilities.suggestedFolder),
      ]);
      return path === null ? null : grants.grant('add', path);
    },
    'job.cancel': ({ jobId }) => {
      services.cancelJob(jobId);
      return null;
    },
    'job.dismiss': ({ jobId }) => {
      services.dismissJob(jobId);
      return null;
    },
    'job.clear': () => {
      services.clearJobs();
      return null;
    },
    'kdf.estimate': ({ choice }) => services.estimateKdf(choice),
    'settings.update': ({ changes }) => {
      services.updateSettings(changes);
      return null;
    },
    'settings.reset': () => {
      services.resetSettings();
      return null;
    },
  };
}
