import { resolve } from 'node:path';
import { clearLeftovers, livingSessions, requireSession } from '../../services/open-sessions.ts';
import { lockSession, type MountedSession } from '../../services/vault-operations.ts';
import { printResult } from '../output.ts';
import { badArgument } from '../usage-error.ts';

type Options = Readonly<{ all?: boolean; force?: boolean; json?: boolean }>;

/** `lockline unmount`: locks one vault or all; what a dead vault process left is cleared too. */
export async function unmount(fileOrFolder: string | undefined, options: Options): Promise<void> {
  if ((fileOrFolder === undefined) === (options.all !== true)) {
    throw badArgument('FILE, DIR or --all', 'one of them');
  }
  const target = fileOrFolder === undefined ? undefined : toTarget(fileOrFolder);
  const isMeant = ({ mountPoint, path }: MountedSession) =>
    target === undefined || mountPoint === target || path === target;
  const cleared = await clearLeftovers(target, isMeant);
  const isCleared = target !== undefined && cleared.some(isMeant);
  const sessions =
    target === undefined ? livingSessions() : isCleared ? [] : [requireSession(target)];
  for (const session of sessions) await lockSession(session, options.force === true);
  const locked = [...sessions, ...cleared].map(({ path, mountPoint }) => ({ path, mountPoint }));
  const lines = locked.map(({ path }) => `Locked ${path}`);
  printResult(
    options.json,
    { locked },
    lines.length === 0 ? 'Nothing is mounted' : lines.join('\n'),
  );
}

/** The URI of a vault that is served by NBD stands for itself. */
function toTarget(text: string): string {
  return /^nbd(\+unix)?:\/\//.test(text) ? text : resolve(text);
}
