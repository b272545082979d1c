import { displayText } from '../../shared/display-text.ts';
import type {
  ContainerInfo,
  DigestInfo,
  KdfInfo,
  KeyslotInfo,
  SegmentInfo,
} from '../../shared/model/container-info.ts';
import { decodeTextField } from './binary-header.ts';
import { displayUuid } from './display-uuid.ts';
import type { Digest, Keyslot, KeyslotKdf, Metadata, Segment } from './metadata-model.ts';
import type { LoadedHeader } from './read-luks2.ts';

/**
 * Returns what a header says, for people: every text is safe to show. Numbers beyond 2^53, which no
 * container that can be opened has, are rounded.
 *
 * @param containerBytes - Size of the container.
 */
export function describeHeader(loaded: LoadedHeader, containerBytes: number): ContainerInfo {
  const { binary, metadata } = loaded.header;
  return {
    format: 'luks2',
    version: 2,
    uuid: displayUuid(decodeTextField(binary.uuid)),
    label: displayText(decodeTextField(binary.label)),
    subsystem: displayText(decodeTextField(binary.subsystem)),
    seqid: Number(binary.seqid),
    headerBytes: binary.headerBytes,
    keyslotsAreaBytes: metadata.keyslotsAreaBytes,
    containerBytes,
    checksumAlgorithm: binary.checksumAlgorithm,
    primary: loaded.primary,
    secondary: loaded.secondary,
    keyslots: sortedById(metadata.keyslots).map((keyslot) => describeKeyslot(keyslot, metadata)),
    segments: sortedById(metadata.segments).map(describeSegment),
    digests: sortedById(metadata.digests).map(describeDigest),
    tokens: sortedById(metadata.tokens).map(({ id, typeName, keyslots }) => ({
      id,
      type: displayText(typeName),
      keyslots,
    })),
    flags: metadata.flags.map(displayText),
    requirements: metadata.requirements.map(displayText),
  };
}

function describeKeyslot(keyslot: Keyslot, metadata: Metadata): KeyslotInfo {
  const digest = [...metadata.digests.values()].find(({ keyslots }) =>
    keyslots.includes(keyslot.id),
  );
  const common = {
    id: keyslot.id,
    keyBytes: keyslot.keyBytes,
    priority: keyslot.priority,
    digestId: digest?.id ?? null,
  };
  if (keyslot.type !== 'luks2') {
    return { ...common, type: displayText(keyslot.typeName), kdf: null, area: null, af: null };
  }
  const { area, af } = keyslot;
  return {
    ...common,
    type: keyslot.type,
    kdf: describeKdf(keyslot.kdf),
    area: { ...area, encryption: displayText(area.encryption) },
    af: { type: 'luks1', stripes: af.stripes, hash: displayText(af.hash) },
  };
}

function describeKdf(kdf: KeyslotKdf): KdfInfo | null {
  if (kdf.type === 'unknown') return null;
  if (kdf.type === 'pbkdf2')
    return { type: kdf.type, hash: displayText(kdf.hash), iterations: kdf.iterations };
  return { type: kdf.type, time: kdf.time, memoryKib: kdf.memoryKib, cpus: kdf.cpus };
}

function describeSegment(segment: Segment): SegmentInfo {
  const { crypt } = segment;
  return {
    id: segment.id,
    type: displayText(segment.typeName),
    offsetBytes: Number(segment.offsetBytes),
    sizeBytes: segment.sizeBytes === 'dynamic' ? null : Number(segment.sizeBytes),
    encryption: crypt === null ? null : displayText(crypt.encryption),
    sectorBytes: crypt?.sectorBytes ?? null,
    ivTweak: crypt?.ivTweak.toString() ?? null,
    flags: segment.flags.map(displayText),
  };
}

function describeDigest(digest: Digest): DigestInfo {
  const { id, typeName, hash, iterations, keyslots, segments } = digest;
  return {
    id,
    type: displayText(typeName),
    hash: displayText(hash ?? ''),
    iterations: iterations ?? 0,
    keyslots,
    segments,
  };
}

function sortedById<T extends Readonly<{ id: number }>>(
  objects: ReadonlyMap<number, T>,
): readonly T[] {
  return [...objects.values()].toSorted((a, b) => a.id - b.id);
}
