/** Entry of the `lockline` command. */
import { enableOwnCompileCache } from '../system/compile-cache.ts';

/** What a shell shows for a program that SIGPIPE ended. */
const BROKEN_PIPE_EXIT_CODE = 141;

enableOwnCompileCache();
// Nobody reads any more (`lockline list | head -1`): that ends the output, and is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(BROKEN_PIPE_EXIT_CODE);
});
const { runProgram } = await import('./program.ts');
process.exitCode = await runProgram(process.argv.slice(2));
