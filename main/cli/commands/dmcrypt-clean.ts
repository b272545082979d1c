import { cleanKernelLeftovers } from '../../services/dmcrypt-clean.ts';
import { printResult } from '../output.ts';

/** `lockline dmcrypt clean`: closes what a crash has left open in the kernel. */
export async function dmcryptClean(
  options: Readonly<{ list?: boolean; json?: boolean }>,
): Promise<void> {
  const leftovers = await cleanKernelLeftovers(options.list === true);
  const lines = leftovers.map(({ mapping, state }) => `${mapping}  ${state}`);
  printResult(options.json, { leftovers }, lines.join('\n') || 'Nothing was left');
}
