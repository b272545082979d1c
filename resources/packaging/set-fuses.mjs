/** Sets every fuse of the packaged binary, before it is signed. @see docs/releasing.md */
import { join } from 'node:path';
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';

/** All nine, and an error where Electron gets a tenth that is not named here. */
export const FUSES = {
  version: FuseVersion.V1,
  strictlyRequireAllFuses: true,
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  [FuseV1Options.WasmTrapHandlers]: true,
};

/** Called by the builder when a platform's folder is complete. */
export default async function setFuses({ appOutDir, electronPlatformName, packager }) {
  await flipFuses(binaryPath(appOutDir, electronPlatformName, packager), FUSES);
}

function binaryPath(folder, platform, packager) {
  if (platform === 'darwin') {
    const name = packager.appInfo.productFilename;
    return join(folder, `${name}.app`, 'Contents', 'MacOS', name);
  }
  if (platform === 'win32') return join(folder, `${packager.appInfo.productFilename}.exe`);
  return join(folder, packager.executableName);
}
