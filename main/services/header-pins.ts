import { type HeaderChange, headerChanges, pinOf } from '../../shared/model/header-pin.ts';
import type { SessionDescription } from '../session/session-description.ts';
import type { VaultRepository } from '../store/vault-repository.ts';
import { inspectContainer } from './inspect-container.ts';

/**
 * Tells what of a known vault's header is not what it was when it was last unlocked: for people to
 * see before they give their passphrase to it. Nothing for a vault that was never unlocked here.
 *
 * @throws as `inspectContainer` does
 */
export function findHeaderChanges(
  vaults: VaultRepository,
  path: string,
  headerPath?: string | null,
): readonly HeaderChange[] {
  const before = vaults.headerPin(path);
  if (before === undefined) return [];
  return headerChanges(before, pinOf(inspectContainer(path, headerPath)));
}

/** Remembers what the header of a vault said that has just been unlocked. */
export function pinSession(
  vaults: VaultRepository,
  { path, pin }: SessionDescription,
  headerPath: string | null | undefined,
): void {
  if (pin !== undefined) vaults.pinHeader(path, pin, headerPath ?? null);
}
