import { runProgram } from './program.ts';

/** What a shell shows for a program that SIGPIPE ended. */
const BROKEN_PIPE_EXIT_CODE = 141;

/**
 * Runs the command line in this process, for whatever program it came in.
 *
 * @param args - Without the program's name.
 * @returns The exit code, when all output is on its way.
 */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  // Nobody reads any more (`lockline list | head -1`): that ends the output, and is no fault.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(BROKEN_PIPE_EXIT_CODE);
  });
  // What is said there goes unheard; the exit code still tells how it went.
  process.stderr.on('error', () => undefined);
  const code = await runProgram(args);
  for (const stream of [process.stdout, process.stderr])
    await new Promise<void>((resolve) => stream.write('', () => resolve()));
  return code;
}
