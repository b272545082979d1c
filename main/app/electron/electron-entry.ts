/**
 * Entry of the app's binary: the window, the command line or a vault process, as the arguments say.
 * What Electron makes ready for a window is not waited for by the other two.
 */
import { setVaultProcessStarter } from '../../session/vault-process-starter.ts';
import { enableOwnCompileCache } from '../../system/compile-cache.ts';
import { readStartMode } from './start-mode.ts';

const USAGE_EXIT_CODE = 2;

// What is not packaged is started with the script, or the project's folder, as its first argument.
const isPackaged = process.versions['electron'] !== undefined && !('defaultApp' in process);
const start = readStartMode(process.argv.slice(isPackaged ? 1 : 2));
switch (start.kind) {
  case 'refused':
    process.stderr.write(`lockline: ${start.switchName} is not allowed\n`);
    process.exit(USAGE_EXIT_CODE);
    break;
  case 'command': {
    enableOwnCompileCache();
    const { runCommandLine } = await import('../../cli/command-line.ts');
    process.exit(await runCommandLine(start.args));
    break;
  }
  case 'vault-process':
    await import('../../session/vault-process.ts');
    break;
  default: {
    const { startUtilityVault } = await import('./utility-starter.ts');
    setVaultProcessStarter(startUtilityVault);
    const { startWindow } = await import('./electron-main.ts');
    // Not awaited: Electron becomes ready only after this module is done.
    void startWindow(start.paths);
  }
}
