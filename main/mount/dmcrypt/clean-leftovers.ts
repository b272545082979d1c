import { type Leftover, parseLeftovers } from './parse-answer.ts';
import { runHelper } from './run-helper.ts';

/**
 * Closes the user's mappings that no living process keeps, with their mounts and loop devices.
 *
 * @param isLook - Nothing is closed.
 * @throws MountError `helper-missing`, `helper-denied`
 */
export async function cleanByHelper(isLook: boolean): Promise<readonly Leftover[]> {
  return parseLeftovers(await runHelper(['clean', ...(isLook ? ['--list'] : [])]));
}
