import { spawnSync } from 'node:child_process';

/** Runs a program that must succeed; returns its standard output. @throws Error with what it printed. */
export function run(
  program: string,
  args: readonly string[],
  options: Readonly<{
    cwd?: string;
    env?: Readonly<Record<string, string>>;
    isShell?: boolean;
  }> = {},
): string {
  const { cwd, env = {}, isShell = false } = options;
  const result = spawnSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 1 << 28,
    shell: isShell,
    ...(cwd === undefined ? {} : { cwd }),
  });
  if (result.status === 0) return result.stdout;
  const reason = result.error?.message ?? `${result.stdout}${result.stderr}`;
  throw new Error(`${program} ${args.join(' ')} failed: ${reason}`);
}
