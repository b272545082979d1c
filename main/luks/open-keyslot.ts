import { CredentialError, DeviceError, VaultError } from '../../shared/errors/vault-error.ts';
import type { UnlockPart } from '../../shared/model/unlock-times.ts';
import type { BlockDevice } from '../block/block-device.ts';
import { equalsConstantTime } from '../bytes/constant-time.ts';
import { SecretBytes } from '../bytes/secret-bytes.ts';
import { mergeKey } from '../crypto/af-splitter.ts';
import { deriveKey } from '../crypto/kdf.ts';
import { assertKdfWithinBudget } from '../crypto/kdf-budget.ts';
import type { Keyslot, Metadata } from './metadata-model.ts';
import type { Verifier } from './prepare-digest.ts';
import { type OpenableKeyslot, prepareKeyslot } from './prepare-keyslot.ts';

export type OpenedKeyslot = Readonly<{ keyslotId: number; volumeKey: SecretBytes }>;

/** Which keyslots to try, and at what cost. */
export type KeyslotChoice = Readonly<{
  /** Try this keyslot only, whatever its priority. */
  keyslotId?: number | undefined;
  /** Whether a person has accepted how long a derivation takes. */
  isCostAccepted?: boolean | undefined;
  /** Whether a named keyslot may hold a key of its own, that does not open the volume. */
  mayBeUnbound?: boolean | undefined;
  /** Told how long each part of each try took. */
  onTime?: OnUnlockTime | undefined;
}>;

/** Receives the milliseconds that a part of an unlock took. */
export type OnUnlockTime = (part: UnlockPart, milliseconds: number) => void;

export type OpenOptions = KeyslotChoice &
  Readonly<{
    /** Called with each keyslot before anything is derived; throws to refuse it. */
    assertUsable?: (keyslot: OpenableKeyslot) => void;
  }>;

/** The segment whose digest a volume key must match. */
const SERVED_SEGMENT_ID = 0;

const PRIORITY_ORDER = { prefer: 0, normal: 1, ignore: 2 } as const;

/**
 * Tries keyslots in the order of their priorities until one opens.
 *
 * A keyslot that cannot be tried (a cost over the limits, an unknown cipher) is passed over; if none
 * of the others opens, its refusal is the answer, because the passphrase may be the right one for it.
 *
 * @param passphrase - Borrowed.
 * @returns The volume key, verified by its digest. Owned by the caller, who disposes it.
 * @throws CredentialError `passphrase-wrong`; `keyslot-inactive`
 * @throws FormatError `metadata-invalid`; `digest-invalid`; `kdf-cost-excessive`
 * @throws UnsupportedError `kdf-unsupported`; `hash-unsupported`; `cipher-unsupported`
 */
export async function openKeyslots(
  device: BlockDevice,
  metadata: Metadata,
  passphrase: SecretBytes,
  options: OpenOptions,
): Promise<OpenedKeyslot> {
  const candidates = selectKeyslots(metadata, options);
  const prepare = candidates.map(
    (candidate) => () => prepareKeyslot(metadata, candidate, options.isCostAccepted),
  );
  return openFirst(device, prepare, passphrase, options);
}

/**
 * Tries keyslots of either version in the given order until one opens.
 *
 * @param candidates - Each makes its keyslot ready to be opened, or throws why it cannot be.
 * @param passphrase - Borrowed.
 * @returns The volume key, verified by its digest. Owned by the caller, who disposes it.
 * @throws CredentialError `passphrase-wrong`; or as a candidate does, where none opens.
 */
export async function openFirst(
  device: BlockDevice,
  candidates: readonly (() => OpenableKeyslot)[],
  passphrase: SecretBytes,
  options: OpenOptions,
): Promise<OpenedKeyslot> {
  let refusal: VaultError | null = null;
  for (const prepare of candidates) {
    try {
      const keyslot = prepare();
      options.assertUsable?.(keyslot);
      return {
        keyslotId: keyslot.keyslotId,
        volumeKey: await openKeyslot(device, keyslot, passphrase, options),
      };
    } catch (error) {
      if (!(error instanceof VaultError) || error instanceof DeviceError) throw error;
      if (error.code !== 'passphrase-wrong') refusal ??= error;
    }
  }
  throw refusal ?? new CredentialError('passphrase-wrong');
}

function selectKeyslots(
  metadata: Metadata,
  { keyslotId, mayBeUnbound = false }: KeyslotChoice,
): readonly Keyslot[] {
  const served = new Set(
    [...metadata.digests.values()]
      .filter(({ segments }) => segments.includes(SERVED_SEGMENT_ID))
      .flatMap(({ keyslots }) => keyslots),
  );
  const bound = [...metadata.keyslots.values()].filter(
    ({ id, type }) => type === 'luks2' && served.has(id),
  );
  if (keyslotId !== undefined) {
    const keyslots = mayBeUnbound ? [...metadata.keyslots.values()] : bound;
    const chosen = keyslots.filter(({ id, type }) => id === keyslotId && type === 'luks2');
    if (chosen.length === 0) throw new CredentialError('keyslot-inactive', { keyslotId });
    return chosen;
  }
  if (bound.length === 0) throw new CredentialError('keyslot-inactive');
  return bound
    .filter(({ priority }) => priority !== 'ignore')
    .toSorted((a, b) => PRIORITY_ORDER[a.priority] - PRIORITY_ORDER[b.priority] || a.id - b.id);
}

/**
 * Opens one keyslot.
 *
 * @throws CredentialError `passphrase-wrong`: wrong passphrase and damaged key area look alike.
 */
async function openKeyslot(
  device: BlockDevice,
  keyslot: OpenableKeyslot,
  passphrase: SecretBytes,
  { isCostAccepted = false, onTime = () => {} }: KeyslotChoice,
): Promise<SecretBytes> {
  const { verifier } = keyslot;
  const digestCost = {
    type: 'pbkdf2',
    hash: verifier.hash,
    iterations: verifier.iterations,
  } as const;
  await assertKdfWithinBudget(digestCost, verifier.digest.length, isCostAccepted);
  await assertKdfWithinBudget(keyslot.kdf, keyslot.areaKeyBytes, isCostAccepted);
  const lap = createLap(onTime);
  using areaKey = await deriveKey(passphrase, keyslot.kdf, keyslot.areaKeyBytes);
  lap('derivation');
  using stripes = SecretBytes.allocate(keyslot.area.readBytes);
  device.readInto(keyslot.area.offsetBytes, stripes.bytes);
  keyslot.cipher.decrypt(areaKey.bytes, stripes.bytes);
  const split = stripes.bytes.subarray(0, keyslot.area.stripeBytes);
  using candidate = mergeKey(split, keyslot.keyBytes, keyslot.afHash);
  lap('area');
  const isRight = await verifyKey(candidate, verifier);
  lap('digest');
  if (!isRight) {
    throw new CredentialError('passphrase-wrong', { keyslotId: keyslot.keyslotId });
  }
  return candidate.move(); // every other path wipes it
}

/** Returns what tells the time since it was last called. */
function createLap(onTime: OnUnlockTime): (part: UnlockPart) => void {
  let sinceMs = performance.now();
  return (part) => {
    const nowMs = performance.now();
    onTime(part, nowMs - sinceMs);
    sinceMs = nowMs;
  };
}

async function verifyKey(candidate: SecretBytes, verifier: Verifier): Promise<boolean> {
  const kdf = {
    type: 'pbkdf2',
    hash: verifier.hash,
    iterations: verifier.iterations,
    salt: verifier.salt,
  } as const;
  using computed = await deriveKey(candidate, kdf, verifier.digest.length);
  return equalsConstantTime(computed.bytes, verifier.digest);
}
