import { execFile } from 'node:child_process';
import { FUSERMOUNT_ENVIRONMENT } from './find-fusermount.ts';

/** How a system program ended: `exitCode` is `undefined` where it did not start or was killed. */
export type ProgramResult = Readonly<{
  exitCode: number | undefined;
  stderr: string;
  isTimedOut: boolean;
}>;

/** Runs a system program with a bare environment; killed after `timeoutMs`. Never rejects. */
export function runProgram(
  program: string,
  programArguments: readonly string[],
  timeoutMs: number,
): Promise<ProgramResult> {
  return new Promise((resolve) => {
    execFile(
      program,
      programArguments,
      { env: FUSERMOUNT_ENVIRONMENT, timeout: timeoutMs, killSignal: 'SIGKILL', cwd: '/' },
      (error, _stdout, stderr) => {
        const exitCode = error === null ? 0 : error.code;
        resolve({
          exitCode: typeof exitCode === 'number' ? exitCode : undefined,
          stderr,
          isTimedOut: error?.killed === true,
        });
      },
    );
  });
}
