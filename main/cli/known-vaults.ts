import { openKnownVaults } from '../services/known-vaults.ts';

/** Says that what was done is not on the list. To be handed in as an operation's `onUnlisted`. */
export function warnUnlisted(): void {
  process.stderr.write('lockline: done, but the list of known vaults could not be written\n');
}

/**
 * Opens the list of known vaults for one command. Where the data folder cannot be written the
 * command still does its work, and says that the list does not remember it.
 */
export function openVaults(): ReturnType<typeof openKnownVaults> {
  return openKnownVaults((reason) => {
    process.stderr.write(`lockline: the list of known vaults cannot be opened (${reason})\n`);
  });
}
