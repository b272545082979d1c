import { spawn } from 'node:child_process';
import { MountError } from '../../../shared/errors/vault-error.ts';
import type { SecretBytes } from '../../bytes/secret-bytes.ts';
import { findHelper } from './find-helper.ts';
import { toHelperError } from './helper-errors.ts';

/** The helper bounds its own work; what takes longer waits for somebody to type a password. */
const TIMEOUT_MS = 300_000;
const OUTPUT_LIMIT = 64 * 1024;
/** Nothing of ours; messages in English. */
const ENVIRONMENT = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' } as const;

export type HelperOptions = Readonly<{
  /** Borrowed until the promise settles: goes to the helper's standard input. */
  input?: SecretBytes;
  /** Ends `pkexec` while it asks; a helper that runs already comes to its end. */
  signal?: AbortSignal | undefined;
}>;

/**
 * Runs one verb of the root helper and returns its answer.
 *
 * @returns What it wrote to standard output.
 * @throws MountError `helper-missing`, `helper-denied`; and what the helper refuses with.
 */
export async function runHelper(
  verbArguments: readonly string[],
  { input, signal }: HelperOptions = {},
): Promise<string> {
  const { program, programArguments } = findHelper();
  const child = spawn(program, [...programArguments, ...verbArguments], {
    cwd: '/',
    env: ENVIRONMENT,
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: TIMEOUT_MS,
    ...(signal === undefined ? {} : { signal }),
  });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  // It may refuse before it has read all: its answer tells why, not the broken pipe.
  child.stdin.on('error', () => {});
  child.stdin.end(input?.bytes);
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    // An abort is an error, too; the process ends all the same.
    let failure: Error | undefined;
    child.once('error', (error) => {
      failure = error;
      if (child.pid === undefined) reject(new MountError('helper-missing', {}, error));
    });
    child.once('close', (code) => {
      if (failure === undefined || code === 0) resolve(code);
      else reject(new MountError('helper-denied', { reason: 'ended' }, failure));
    });
  });
  if (exitCode === 0) return stdout();
  throw toHelperError(exitCode, stderr());
}

/** Keeps the start of a stream as text. */
function collect(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    text = (text + chunk).slice(0, OUTPUT_LIMIT);
  });
  return () => text;
}
