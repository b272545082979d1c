/** Entry of the `lockline` command. */
import { enableOwnCompileCache } from '../system/compile-cache.ts';

enableOwnCompileCache();
const { runCommandLine } = await import('./command-line.ts');
process.exitCode = await runCommandLine(process.argv.slice(2));
