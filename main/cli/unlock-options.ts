import { resolve } from 'node:path';
import { displayText } from '../../shared/display-text.ts';
import { VaultError } from '../../shared/errors/vault-error.ts';
import { findHeaderChanges } from '../services/header-pins.ts';
import { inspectContainer } from '../services/inspect-container.ts';
import type { KnownVaults } from '../services/known-vaults.ts';
import type { UnlockChoice } from '../services/vault-operations.ts';
import { askOnTerminal } from './confirm-destruction.ts';
import { realContainerPath } from './real-path.ts';

/** Options of every command that unlocks. */
export type UnlockOptions = Readonly<{ header?: string; acceptCost?: boolean }>;

/** @throws DeviceError `file-missing` */
export function unlockChoice({ header, acceptCost }: UnlockOptions): UnlockChoice {
  return {
    headerPath: header === undefined ? undefined : realContainerPath(resolve(header)),
    isCostAccepted: acceptCost === true,
  };
}

const FIELD_WORDS = {
  uuid: 'UUID',
  cipher: 'cipher',
  keyBytes: 'key size in bytes',
  dataOffsetBytes: 'offset of the data in bytes',
} as const;

/**
 * Looks at what is to be unlocked before a passphrase is asked for: says on standard error what of a
 * known vault's header changed since it was last unlocked. A header that cannot be read is told by
 * the unlock itself.
 *
 * @throws FormatError `not-luks`: nobody is to type a passphrase for what has no header at all.
 */
export function warnOfHeaderChanges(
  vaults: KnownVaults['vaults'],
  path: string,
  headerPath: string | undefined,
): void {
  try {
    const known = headerPath ?? vaults.findByPath(path)?.headerPath;
    inspectContainer(path, known);
    const changes = findHeaderChanges(vaults, path, known);
    if (changes.length === 0) return;
    const words = changes.map(
      ({ field, before, now }) =>
        `  ${FIELD_WORDS[field]}: was ${displayText(String(before))}, is ${displayText(String(now))}`,
    );
    process.stderr.write(
      `lockline: the header of this vault changed since it was last unlocked here:\n${words.join('\n')}\n`,
    );
  } catch (error) {
    if (!(error instanceof VaultError) || error.code === 'not-luks') throw error;
  }
}

/**
 * Runs an unlock; where it is refused for a cost that a person may accept, asks on the terminal and
 * runs it again. Without a terminal the refusal stands, and `--accept-cost` is the answer.
 */
export async function withCostAccepted<T>(
  choice: UnlockChoice,
  unlock: (choice: UnlockChoice) => Promise<T>,
): Promise<T> {
  try {
    return await unlock(choice);
  } catch (error) {
    const canAsk =
      error instanceof VaultError &&
      error.code === 'kdf-cost-excessive' &&
      error.data['canAccept'] === true &&
      process.stdin.isTTY === true;
    if (!canAsk) throw error;
    const { limit, value } = error.data;
    const cost = limit === 'seconds' ? `about ${Number(value)} s` : 'a very long time';
    const answer = askOnTerminal(`An unlock takes ${cost} on this machine. Go on? [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) throw error;
    return await unlock({ ...choice, isCostAccepted: true });
  }
}
