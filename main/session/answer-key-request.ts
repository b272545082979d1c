import { CredentialError } from '../../shared/errors/vault-error.ts';
import { DEFAULT_KDF_TYPE, type KdfPreference } from '../../shared/model/create-options.ts';
import { FileDevice } from '../block/file-device.ts';
import type { SecretBytes } from '../bytes/secret-bytes.ts';
import { calibrateKdf } from '../crypto/calibrate-kdf.ts';
import type { KdfCost } from '../crypto/kdf-limits.ts';
import { assertNoRequirements } from '../luks/assert-activatable.ts';
import { readContainer, verifyContainerPassphrase } from '../luks/container.ts';
import { withKeyLabel, withPriority } from '../luks/keys/key-metadata.ts';
import { findKeyLabel } from '../luks/keys/key-token.ts';
import { listKeys } from '../luks/keys/list-keys.ts';
import { eraseKeyslots, isLastKeyslot, removeKeyslot } from '../luks/keys/remove-key.ts';
import { addKey, changeKey } from '../luks/keys/store-key.ts';
import { openKeyslots } from '../luks/open-keyslot.ts';
import type { LoadedHeader } from '../luks/read-luks2.ts';
import { updateHeader } from '../luks/update-header.ts';
import { verifyPassphrase } from '../luks/verify-passphrase.ts';
import { answerLuks1KeyRequest } from './answer-luks1-key-request.ts';
import type { KeyRequest, KeyResults, WritingKeyRequest } from './key-requests.ts';
import { unpackSecrets } from './secret-pair.ts';
import type { OnPhase } from './session-events.ts';

/** Area keys of new keyslots; the work of a derivation hardly depends on it. */
const AREA_KEY_BYTES = 64;

/**
 * Carries out a request about the keys of a container.
 *
 * @param secret - Borrowed until the promise settles.
 */
export async function answerKeyRequest(
  request: KeyRequest,
  secret: SecretBytes,
  onPhase: OnPhase,
): Promise<KeyResults[keyof KeyResults]> {
  if (request.verb === 'key-list') {
    using device = FileDevice.open(request.path, { isReadOnly: true, lock: 'none' });
    onPhase('calibrating', null);
    return await listKeys(readContainer(device), device.sizeBytes);
  }
  if (request.verb === 'key-test') {
    using device = FileDevice.open(request.path, { isReadOnly: true, lock: 'none' });
    const container = readContainer(device);
    onPhase('deriving', null);
    const choice = { ...choiceOf(request.keyslotId), mayBeUnbound: request.keyslotId !== null };
    return await verifyContainerPassphrase(device, container, secret, choice);
  }
  // Also while the vault is mounted: nothing of its data is touched, and every write of the header
  // makes sure under the header lock that nobody else has changed it.
  const lock = request.verb === 'erase' ? {} : ({ lock: 'none' } as const);
  using device = FileDevice.open(request.path, { isReadOnly: false, ...lock });
  const container = readContainer(device);
  return container.version === 1
    ? await answerLuks1KeyRequest(device, container.luks1, request, secret, onPhase)
    : await writeKeys(device, container.luks2, request, secret, onPhase);
}

async function writeKeys(
  device: FileDevice,
  loaded: LoadedHeader,
  request: WritingKeyRequest,
  secret: SecretBytes,
  onPhase: OnPhase,
): Promise<KeyResults[WritingKeyRequest['verb']]> {
  assertNoRequirements(loaded);
  switch (request.verb) {
    case 'key-add':
    case 'key-change':
      return storeKey(device, loaded, request, secret, onPhase);
    case 'key-remove': {
      onPhase('deriving', null);
      const { keyslotId } = await verifyPassphrase(device, loaded, secret);
      removeKeyslot(device, loaded, keyslotId, request);
      return { keyslotId };
    }
    case 'key-kill': {
      onPhase('deriving', null);
      await assertAnotherOpens(device, loaded, request.keyslotId, secret);
      removeKeyslot(device, loaded, request.keyslotId, request);
      return { keyslotId: request.keyslotId };
    }
    case 'erase': {
      const erased = [...loaded.header.metadata.keyslots.keys()];
      onPhase('syncing', null);
      eraseKeyslots(device, loaded);
      return { erased };
    }
    default:
      return describeKey(device, loaded, request);
  }
}

async function storeKey(
  device: FileDevice,
  loaded: LoadedHeader,
  request: Extract<KeyRequest, { verb: 'key-add' | 'key-change' }>,
  secret: SecretBytes,
  onPhase: OnPhase,
): Promise<KeyResults['key-add']> {
  const secrets = unpackSecrets(secret);
  using existing = secrets.first;
  using passphrase = secrets.second;
  if (passphrase.lengthBytes === 0) throw new CredentialError('passphrase-empty');
  const cost = await calibrate(request.kdf, onPhase);
  const label = { createdAt: new Date().toISOString(), kind: request.kind };
  const report = (phase: 'deriving' | 'syncing') => onPhase(phase, null);
  if (request.verb === 'key-add') {
    const added = { passphrase, cost, label: { ...label, name: request.name } };
    const { keyslotId } = await addKey(device, loaded, { existing, added, onPhase: report });
    return { keyslotId };
  }
  const changed = { passphrase, cost, label };
  const keys = { existing, changed, onPhase: report, ...choiceOf(request.keyslotId) };
  const { keyslotId } = await changeKey(device, loaded, keys);
  return { keyslotId };
}

function calibrate(choice: KdfPreference, onPhase: OnPhase): Promise<KdfCost> {
  onPhase('calibrating', null);
  return calibrateKdf({ ...choice, type: choice.type ?? DEFAULT_KDF_TYPE }, AREA_KEY_BYTES);
}

/**
 * Makes sure that the passphrase opens a keyslot that stays, before another one is destroyed. Where
 * the last one is to go there is none, and the words of confirmation stand for it.
 */
async function assertAnotherOpens(
  device: FileDevice,
  loaded: LoadedHeader,
  keyslotId: number,
  secret: SecretBytes,
): Promise<void> {
  const { metadata } = loaded.header;
  if (!metadata.keyslots.has(keyslotId))
    throw new CredentialError('keyslot-inactive', { keyslotId });
  if (isLastKeyslot(loaded, keyslotId)) return;
  const others = [...metadata.keyslots].filter(([id]) => id !== keyslotId);
  const opened = await openKeyslots(device, { ...metadata, keyslots: new Map(others) }, secret, {});
  opened.volumeKey[Symbol.dispose]();
}

function describeKey(
  device: FileDevice,
  loaded: LoadedHeader,
  request: Extract<KeyRequest, { verb: 'key-priority' | 'key-name' }>,
): KeyResults['key-name'] {
  const { keyslotId } = request;
  const { metadata } = loaded.header;
  if (!metadata.keyslots.has(keyslotId))
    throw new CredentialError('keyslot-inactive', { keyslotId });
  if (request.verb === 'key-priority') {
    const root = withPriority(metadata.root, keyslotId, request.priority);
    updateHeader(device, loaded, { root });
  } else {
    const label = { ...findKeyLabel(metadata, keyslotId), name: request.name };
    updateHeader(device, loaded, { root: withKeyLabel(metadata.root, metadata, keyslotId, label) });
  }
  return { keyslotId };
}

function choiceOf(keyslotId: number | null): Readonly<{ keyslotId?: number }> {
  return keyslotId === null ? {} : { keyslotId };
}
