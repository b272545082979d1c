import { execFile } from 'node:child_process';

export type CryptsetupResult = Readonly<{ exitCode: number; stdout: string; stderr: string }>;

/**
 * Runs the real cryptsetup on files.
 *
 * @param input - The passphrase for its standard input.
 * @returns `exitCode` is -1 where it was stopped because it took longer than `timeoutMs`.
 */
export function cryptsetup(
  args: readonly string[],
  input = '',
  timeoutMs = 60_000,
): Promise<CryptsetupResult> {
  return new Promise((resolve) => {
    const child = execFile(
      'cryptsetup',
      ['--batch-mode', ...args],
      { timeout: timeoutMs, killSignal: 'SIGKILL' }, // it is deaf to others while it derives
      (error, stdout, stderr) => {
        const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ exitCode, stdout, stderr });
      },
    );
    child.stdin?.on('error', () => undefined); // it may answer before it reads
    child.stdin?.end(input);
  });
}

/** Runs cryptsetup and fails the test unless it succeeds. */
export async function cryptsetupOk(args: readonly string[], input = ''): Promise<string> {
  const { exitCode, stdout, stderr } = await cryptsetup(args, input);
  if (exitCode !== 0) throw new Error(`cryptsetup ${args.join(' ')}: ${exitCode} ${stderr}`);
  return stdout;
}

/** Returns the volume key that cryptsetup prints for this container and passphrase. */
export async function dumpVolumeKey(path: string, passphrase: string): Promise<Buffer> {
  const output = await cryptsetupOk(
    ['luksDump', '--dump-volume-key', '--key-file', '-', path],
    passphrase,
  );
  const hex = /MK dump:((?:\s+[0-9a-f]{2})+)/.exec(output)?.[1] ?? '';
  return Buffer.from(hex.replace(/\s/g, ''), 'hex');
}
