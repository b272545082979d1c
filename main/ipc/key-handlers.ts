import { ContractError } from '../../shared/errors/vault-error.ts';
import { DESTROY_WORDS } from '../../shared/model/keys.ts';
import { SecretBytes } from '../bytes/secret-bytes.ts';
import type { HandlerContext, HandlersOf } from './handler.ts';
import { takeSecret } from './take-secret.ts';

type KeyChannel =
  | 'key.list'
  | 'key.add'
  | 'key.change'
  | 'key.test'
  | 'key.remove'
  | 'key.describe'
  | 'key.erase'
  | 'recovery.save'
  | 'header.backup'
  | 'header.compare'
  | 'header.restore'
  | 'header.check'
  | 'header.repair'
  | 'vault.fsck'
  | 'header.convert'
  | 'vault.resize';

/** Returns the handlers of everything that people do with keys and headers. */
export function createKeyHandlers({ services, grants }: HandlerContext): HandlersOf<KeyChannel> {
  const { care } = services;
  return {
    'key.list': ({ vaultId }) => care.listKeys(vaultId),
    'key.add': async ({ vaultId, existing, added, ...options }) => {
      using first = await takeSecret(existing, grants);
      using second = await takeSecret(added, grants);
      const pair = { existing: first.move(), added: second.move() };
      return { jobId: care.addKey(vaultId, pair, options) };
    },
    'key.change': async ({ vaultId, existing, added, ...options }) => {
      using first = await takeSecret(existing, grants);
      using second = await takeSecret(added, grants);
      const pair = { existing: first.move(), added: second.move() };
      return { jobId: care.changeKey(vaultId, pair, options) };
    },
    'key.test': async ({ vaultId, keyslotId, secret }) => {
      using taken = await takeSecret(secret, grants);
      return await care.testKey(vaultId, taken.move(), keyslotId);
    },
    'key.remove': async ({ vaultId, keyslotId, secret, confirmation }) => {
      if (confirmation !== null) assertConfirmed(confirmation);
      // The last key needs none beside it: there the words stand for it.
      using taken = secret === null ? SecretBytes.allocate(0) : await takeSecret(secret, grants);
      const options = { keyslotId, mayBeLast: confirmation !== null };
      return { jobId: care.removeKey(vaultId, taken.move(), options) };
    },
    'key.describe': async ({ vaultId, keyslotId, name, priority }) => {
      await care.describeKey(vaultId, keyslotId, { name, priority });
      return null;
    },
    'key.erase': async ({ vaultId, confirmation }) => {
      assertConfirmed(confirmation);
      await care.eraseKeys(vaultId);
      return null;
    },
    'recovery.save': ({ grantId, words }) => {
      care.saveRecoveryKey(grants.find(grantId, 'recovery-save'), SecretBytes.copyOf(words));
      return null;
    },
    'header.backup': ({ vaultId, grantId }) =>
      care.backUpHeader(vaultId, grants.find(grantId, 'header-save')),
    'header.compare': ({ vaultId, grantId }) =>
      care.compareBackup(vaultId, grants.find(grantId, 'header-open')),
    'header.restore': ({ vaultId, grantId }) =>
      care.restoreBackup(vaultId, grants.find(grantId, 'header-open')),
    'header.check': ({ vaultId }) => care.check(vaultId),
    'header.repair': ({ vaultId }) => care.repair(vaultId),
    'vault.fsck': async ({ vaultId, secret }) => {
      using taken = await takeSecret(secret, grants);
      return await care.checkFilesystem(vaultId, taken.move());
    },
    'header.convert': ({ vaultId, to }) => care.convert(vaultId, to),
    'vault.resize': async ({ vaultId, sizeBytes, secret }) => {
      using taken = await takeSecret(secret, grants);
      return { jobId: care.resize(vaultId, sizeBytes, taken.move()) };
    },
  };
}

/** Main checks the words itself, so a window that skips them destroys nothing. */
function assertConfirmed(words: string): void {
  if (words !== DESTROY_WORDS) throw new ContractError('confirmation-wrong');
}
