import { displayText } from '../../../shared/display-text.ts';
import { FormatError } from '../../../shared/errors/vault-error.ts';
import type { KeyslotChange, RestorePreview } from '../../../shared/model/header-care.ts';
import { decodeTextField } from '../binary-header.ts';
import { displayUuid } from '../display-uuid.ts';
import type { Keyslot, Metadata } from '../metadata-model.ts';
import type { LoadedHeader } from '../read-luks2.ts';
import { findKeyLabel } from './key-token.ts';

/**
 * Tells what restoring a backup would change, and refuses one that is of another container: with it
 * nothing would open any more.
 *
 * @param current - What the container holds now; `null` where that cannot be read.
 * @throws FormatError `backup-mismatch` with what differs.
 */
export function compareHeaders(
  current: LoadedHeader | null,
  backup: LoadedHeader,
  containerBytes: number,
): RestorePreview {
  assertDataInside(backup, containerBytes);
  if (current !== null) assertSameVolume(current, backup);
  return {
    uuid: uuidOf(backup),
    isVerified: current !== null,
    seqidNow: current === null ? null : Number(current.header.binary.seqid),
    seqidThen: Number(backup.header.binary.seqid),
    labelNow: current === null ? null : labelOf(current),
    labelThen: labelOf(backup),
    keyslots: keyslotChanges(current?.header.metadata ?? null, backup.header.metadata),
  };
}

function assertDataInside(backup: LoadedHeader, containerBytes: number): void {
  for (const segment of backup.header.metadata.segments.values()) {
    if (segment.offsetBytes === 0n) continue; // the data of a detached header lie elsewhere
    const sizeBytes = segment.sizeBytes === 'dynamic' ? 0n : segment.sizeBytes;
    if (segment.offsetBytes + sizeBytes > BigInt(containerBytes)) throw mismatch('container-size');
  }
}

/** UUID, place and cipher of the data, and the volume key itself, by its digest. */
function assertSameVolume(current: LoadedHeader, backup: LoadedHeader): void {
  const [now, then] = [current.header, backup.header];
  if (uuidOf(current) !== uuidOf(backup)) throw mismatch('uuid');
  if (now.binary.headerBytes !== then.binary.headerBytes) throw mismatch('header-size');
  if (now.metadata.keyslotsAreaBytes !== then.metadata.keyslotsAreaBytes)
    throw mismatch('keyslots-area');
  if (segmentText(now.metadata) !== segmentText(then.metadata)) throw mismatch('segment');
  const keysNow = volumeKeyDigests(now.metadata);
  const isSameKey = volumeKeyDigests(then.metadata).some((digest) => keysNow.includes(digest));
  if (!isSameKey) throw mismatch('volume-key');
}

function mismatch(what: string): FormatError {
  return new FormatError('backup-mismatch', { what });
}

/** The sizes are left out: the vault may have grown since the backup. */
function segmentText(metadata: Metadata): string {
  return [...metadata.segments.values()]
    .map(({ id, typeName, offsetBytes, crypt }) =>
      [id, typeName, offsetBytes, crypt?.encryption, crypt?.sectorBytes, crypt?.ivTweak].join(' '),
    )
    .join('\n');
}

/** A digest has a salt of its own: two that are equal are of one key. */
function volumeKeyDigests(metadata: Metadata): readonly string[] {
  return [...metadata.digests.values()]
    .filter(({ segments }) => segments.length > 0)
    .map(({ hash, iterations, salt, digest }) => [hash, iterations, salt, digest].join(' '));
}

function keyslotChanges(now: Metadata | null, then: Metadata): readonly KeyslotChange[] {
  const ids = new Set([...(now?.keyslots.keys() ?? []), ...then.keyslots.keys()]);
  return [...ids]
    .toSorted((a, b) => a - b)
    .map((keyslotId) => ({
      keyslotId,
      change: changeOf(now?.keyslots.get(keyslotId), then.keyslots.get(keyslotId)),
      nameNow: now === null ? '' : findKeyLabel(now, keyslotId).name,
      nameThen: findKeyLabel(then, keyslotId).name,
    }));
}

function changeOf(now: Keyslot | undefined, then: Keyslot | undefined): KeyslotChange['change'] {
  if (now === undefined) return 'returns';
  if (then === undefined) return 'goes';
  return saltOf(now) === saltOf(then) ? 'same' : 'replaced';
}

/** Each keyslot has a salt of its own. */
function saltOf(keyslot: Keyslot): string {
  const isDerived = keyslot.type === 'luks2' && keyslot.kdf.type !== 'unknown';
  return isDerived ? keyslot.kdf.salt : '';
}

function uuidOf({ header }: LoadedHeader): string {
  return displayUuid(decodeTextField(header.binary.uuid));
}

function labelOf({ header }: LoadedHeader): string {
  return displayText(decodeTextField(header.binary.label));
}
