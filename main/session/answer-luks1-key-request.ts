import { CredentialError, UnsupportedError } from '../../shared/errors/vault-error.ts';
import type { KdfPreference } from '../../shared/model/create-options.ts';
import type { FileDevice } from '../block/file-device.ts';
import type { SecretBytes } from '../bytes/secret-bytes.ts';
import { calibrateKdf } from '../crypto/calibrate-kdf.ts';
import {
  addLuks1Key,
  changeLuks1Key,
  eraseLuks1Keys,
  isLastLuks1Key,
  luks1Hash,
  removeLuks1Key,
} from '../luks/keys/luks1-keys.ts';
import { isActive } from '../luks/luks1-header.ts';
import { luks1Candidates } from '../luks/luks1-keyslots.ts';
import { openFirst } from '../luks/open-keyslot.ts';
import type { LoadedLuks1 } from '../luks/read-luks1.ts';
import type { KeyResults, WritingKeyRequest } from './key-requests.ts';
import { unpackSecrets } from './secret-pair.ts';
import type { OnPhase } from './session-events.ts';

/** Carries out a request that changes the keys of a LUKS1 container. */
export async function answerLuks1KeyRequest(
  device: FileDevice,
  loaded: LoadedLuks1,
  request: WritingKeyRequest,
  secret: SecretBytes,
  onPhase: OnPhase,
): Promise<KeyResults[WritingKeyRequest['verb']]> {
  switch (request.verb) {
    case 'key-add':
    case 'key-change':
      return storeKey(device, loaded, request, secret, onPhase);
    case 'key-remove': {
      onPhase('deriving', null);
      const keyslotId = await openedBy(device, loaded, secret, () => true);
      removeLuks1Key(device, loaded, keyslotId, request.mayBeLast);
      return { keyslotId };
    }
    case 'key-kill': {
      const { keyslotId, mayBeLast } = request;
      assertInUse(loaded, keyslotId);
      onPhase('deriving', null);
      if (!isLastLuks1Key(loaded, keyslotId))
        await openedBy(device, loaded, secret, (id) => id !== keyslotId);
      removeLuks1Key(device, loaded, keyslotId, mayBeLast);
      return { keyslotId };
    }
    case 'erase':
      onPhase('syncing', null);
      return { erased: eraseLuks1Keys(device, loaded) };
    case 'key-name':
    case 'key-priority':
      throw new UnsupportedError('key-names-unsupported', { keyslotId: request.keyslotId });
  }
}

async function storeKey(
  device: FileDevice,
  loaded: LoadedLuks1,
  request: Extract<WritingKeyRequest, { verb: 'key-add' | 'key-change' }>,
  secret: SecretBytes,
  onPhase: OnPhase,
): Promise<KeyResults['key-add']> {
  const secrets = unpackSecrets(secret);
  using existing = secrets.first;
  using passphrase = secrets.second;
  if (passphrase.lengthBytes === 0) throw new CredentialError('passphrase-empty');
  if (request.verb === 'key-add' && request.name !== '')
    throw new UnsupportedError('key-names-unsupported');
  onPhase('calibrating', null);
  const stored = { passphrase, iterations: await iterationsFor(loaded, request.kdf) };
  const report = (phase: 'deriving' | 'syncing') => onPhase(phase, null);
  if (request.verb === 'key-add') {
    const { keyslotId } = await addLuks1Key(device, loaded, {
      existing,
      added: stored,
      onPhase: report,
    });
    return { keyslotId };
  }
  const choice = request.keyslotId === null ? {} : { keyslotId: request.keyslotId };
  const keys = { existing, changed: stored, onPhase: report, ...choice };
  const { keyslotId } = await changeLuks1Key(device, loaded, keys);
  return { keyslotId };
}

/** LUKS1 has PBKDF2 alone, with the one hash of its header. */
async function iterationsFor(loaded: LoadedLuks1, choice: KdfPreference): Promise<number> {
  const hash = luks1Hash(loaded);
  if (hash === undefined) throw new UnsupportedError('hash-unsupported');
  const type = choice.type ?? 'pbkdf2';
  if (type !== 'pbkdf2') throw new UnsupportedError('kdf-unsupported', { kdf: type });
  const cost = await calibrateKdf({ ...choice, type }, loaded.header.keyBytes, hash);
  if (!('iterations' in cost)) throw new UnsupportedError('kdf-unsupported', { kdf: type });
  return cost.iterations;
}

/** Returns the keyslot that the passphrase opens, of those that are to be tried. */
async function openedBy(
  device: FileDevice,
  loaded: LoadedLuks1,
  secret: SecretBytes,
  isTried: (keyslotId: number) => boolean,
): Promise<number> {
  const { header } = loaded;
  const ids = header.keyslots.flatMap((keyslot, id) =>
    isActive(keyslot) && isTried(id) ? [id] : [],
  );
  const candidates = ids.flatMap((keyslotId) => luks1Candidates(header, { keyslotId }));
  if (candidates.length === 0) throw new CredentialError('keyslot-inactive');
  const { keyslotId, volumeKey } = await openFirst(device, candidates, secret, {});
  volumeKey[Symbol.dispose]();
  return keyslotId;
}

function assertInUse({ header }: LoadedLuks1, keyslotId: number): void {
  const keyslot = header.keyslots[keyslotId];
  if (keyslot === undefined || !isActive(keyslot))
    throw new CredentialError('keyslot-inactive', { keyslotId });
}
