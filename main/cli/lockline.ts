/** Entry of the `lockline` command. */
import { enableOwnCompileCache } from '../system/compile-cache.ts';

enableOwnCompileCache();
const { runProgram } = await import('./program.ts');
process.exitCode = await runProgram(process.argv.slice(2));
