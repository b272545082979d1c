/**
 * Reads both header copies of a LUKS2 container and chooses the one that counts.
 *
 * The primary lies at 0, the secondary right behind it. A copy counts only if everything about it is
 * valid: checksum, JSON and metadata. Of two valid copies the one with the higher seqid counts, the
 * primary on a tie. Where the primary is damaged its size is not to be trusted, and the secondary is
 * looked for at every offset that the specification allows. Nothing is ever written here.
 *
 * @see LUKS2 specification 1.1.4, section 2.3
 */

import { FormatError, StateError, VaultError } from '../../shared/errors/vault-error.ts';
import type { HeaderCopyHealth } from '../../shared/model/container-info.ts';
import {
  type HeaderCopy,
  LUKS2_BINARY_HEADER_BYTES,
  LUKS2_HEADER_MAXIMUM_BYTES,
  LUKS2_HEADER_MINIMUM_BYTES,
} from './binary-header.ts';
import { findForeignSignature } from './foreign-signature.ts';
import {
  type HeaderDevice,
  hasMagicAt,
  readHeaderCopy,
  type ValidCopy,
  withHeaderLock,
} from './header-storage.ts';

export type LoadedHeader = Readonly<{
  /** The copy that counts. */
  header: ValidCopy;
  primary: HeaderCopyHealth;
  secondary: HeaderCopyHealth;
  /** Copies that differ from the one that counts. @see repair-header-copies.ts */
  repairs: readonly HeaderCopy[];
  /**
   * What else the container looks like where its primary copy was overwritten (`dos`, `ext`, ...):
   * then writing the primary anew might destroy someone's data, and needs a person's decision.
   */
  foreignSignature: string | null;
}>;

/** A copy that was looked for: valid, or why it is not. */
type Attempt = Readonly<{ offsetBytes: number; valid: ValidCopy | null; error: VaultError | null }>;

/**
 * Reads the header of a container.
 *
 * @param device - Borrowed. Read only, under the shared header lock where the device has one.
 * @throws FormatError `not-luks`; `both-headers-corrupt`; `metadata-invalid`; `area-overlap`;
 * `container-truncated`
 * @throws UnsupportedError `version-unsupported`; `hash-unsupported`
 */
export function readLuks2(device: HeaderDevice): LoadedHeader {
  return withHeaderLock(device, 'shared', () => loadHeader(device));
}

/** As {@link readLuks2}, for a caller that holds the header lock. */
export function loadHeader(device: HeaderDevice): LoadedHeader {
  const primary = attempt(device, 'primary', 0);
  const secondary = findSecondary(device, primary);
  const chosen = chooseCopy(primary.valid, secondary.valid);
  if (chosen === null) throw loadError(primary, secondary);
  const neededBytes = 2 * chosen.binary.headerBytes + chosen.metadata.keyslotsAreaBytes;
  if (neededBytes > device.sizeBytes) {
    throw new FormatError('container-truncated', { containerBytes: device.sizeBytes, neededBytes });
  }
  const foreignSignature = primary.valid === null ? findForeignSignature(device) : null;
  const primaryHealth = healthOf(primary, chosen);
  const health = {
    primary:
      foreignSignature === null ? primaryHealth : { ...primaryHealth, reason: 'header-ambiguous' },
    secondary: healthOf(secondary, chosen),
  };
  const repairs = (['primary', 'secondary'] as const).filter((copy) => health[copy].state !== 'ok');
  return { header: chosen, ...health, repairs, foreignSignature };
}

function findSecondary(device: HeaderDevice, primary: Attempt): Attempt {
  if (primary.valid !== null) return attempt(device, 'secondary', primary.valid.binary.headerBytes);
  let first: Attempt | null = null;
  for (let bytes = LUKS2_HEADER_MINIMUM_BYTES; bytes <= LUKS2_HEADER_MAXIMUM_BYTES; bytes *= 2) {
    if (!hasMagicAt(device, 'secondary', bytes)) continue;
    const candidate = attempt(device, 'secondary', bytes);
    if (candidate.valid !== null) return candidate;
    first ??= candidate;
  }
  return (
    first ?? {
      offsetBytes: LUKS2_HEADER_MINIMUM_BYTES,
      valid: null,
      error: new FormatError('not-luks'),
    }
  );
}

function attempt(device: HeaderDevice, copy: HeaderCopy, offsetBytes: number): Attempt {
  try {
    return { offsetBytes, valid: readHeaderCopy(device, copy, offsetBytes), error: null };
  } catch (error) {
    const isAboutTheBytes = error instanceof VaultError && error.family !== 'device';
    if (!isAboutTheBytes) throw error;
    return { offsetBytes, valid: null, error };
  }
}

function chooseCopy(primary: ValidCopy | null, secondary: ValidCopy | null): ValidCopy | null {
  if (primary === null || secondary === null) return primary ?? secondary;
  return secondary.binary.seqid > primary.binary.seqid ? secondary : primary;
}

function healthOf(attempted: Attempt, chosen: ValidCopy): HeaderCopyHealth {
  const { offsetBytes, valid, error } = attempted;
  if (valid === null) {
    const code = error?.code ?? null;
    return {
      offsetBytes,
      state: code === 'not-luks' ? 'missing' : 'damaged',
      reason: code,
      seqid: null,
    };
  }
  const seqid = Number(valid.binary.seqid);
  const reason = divergence(valid, chosen);
  return { offsetBytes, state: reason === null ? 'ok' : 'obsolete', reason, seqid };
}

function divergence(copy: ValidCopy, chosen: ValidCopy): string | null {
  if (copy.binary.seqid !== chosen.binary.seqid) return 'seqid-older';
  return isSameContent(copy, chosen) ? null : 'content-differs';
}

/**
 * Makes sure that a container still holds the header that was loaded before.
 *
 * @throws StateError `header-changed`
 */
export function assertSameHeader(current: LoadedHeader, expected: LoadedHeader): void {
  if (!isSameContent(current.header, expected.header)) throw new StateError('header-changed');
}

/** Tells whether two copies say the same: equal but for place, salt and checksum. */
function isSameContent(a: ValidCopy, b: ValidCopy): boolean {
  const texts = (['label', 'uuid', 'subsystem'] as const).every((name) =>
    Buffer.from(a.binary[name]).equals(b.binary[name]),
  );
  const isSameBinary =
    a.binary.seqid === b.binary.seqid && a.binary.headerBytes === b.binary.headerBytes;
  return texts && isSameBinary && Buffer.compare(jsonAreaOf(a), jsonAreaOf(b)) === 0;
}

function jsonAreaOf(copy: ValidCopy): Uint8Array {
  return copy.copyBytes.subarray(LUKS2_BINARY_HEADER_BYTES);
}

/** Says which of the two copies' defects explains best why the container does not open. */
function loadError(primary: Attempt, secondary: Attempt): VaultError {
  const telling = [primary.error, secondary.error].find(
    (error) =>
      error !== null && error.code !== 'not-luks' && error.code !== 'header-checksum-mismatch',
  );
  if (telling !== undefined && telling !== null) return telling;
  const codes = { primary: primary.error?.code ?? null, secondary: secondary.error?.code ?? null };
  const isLuks = codes.primary !== 'not-luks' || codes.secondary !== 'not-luks';
  return new FormatError(isLuks ? 'both-headers-corrupt' : 'not-luks', codes);
}
