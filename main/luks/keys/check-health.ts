import { displayText } from '../../../shared/display-text.ts';
import type { HeaderCopyHealth } from '../../../shared/model/container-info.ts';
import type { Finding, HealthReport } from '../../../shared/model/header-care.ts';
import type { BlockDevice } from '../../block/block-device.ts';
import { assertActivatable } from '../assert-activatable.ts';
import { decodeTextField } from '../binary-header.ts';
import { type Container, readContainer } from '../container.ts';
import { displayUuid } from '../display-uuid.ts';
import type { HeaderDevice } from '../header-storage.ts';
import type { Keyslot } from '../metadata-model.ts';
import { prepareDigest } from '../prepare-digest.ts';
import { prepareKeyslot } from '../prepare-keyslot.ts';
import type { LoadedHeader } from '../read-luks2.ts';
import { checkLuks1 } from './check-luks1.ts';
import {
  aboutTheBytes,
  areaFinding,
  finding,
  judged,
  OUTCOMES,
  report,
} from './health-findings.ts';
import { findWipes } from './key-token.ts';

/**
 * Looks at everything of a container that can be judged without a passphrase. Reads only.
 *
 * @throws DeviceError where the storage fails; defects of the bytes are findings.
 */
export function checkHealth(device: HeaderDevice): HealthReport {
  let container: Container;
  try {
    container = readContainer(device);
  } catch (error) {
    return report(null, [unreadable(error)]);
  }
  return container.version === 1
    ? checkLuks1(device, container.luks1)
    : checkLuks2(device, container.luks2);
}

function checkLuks2(device: HeaderDevice, loaded: LoadedHeader): HealthReport {
  const { metadata, binary } = loaded.header;
  const findings = [
    copyFinding('primary', loaded.primary),
    copyFinding('secondary', loaded.secondary),
    ...foreignFindings(loaded),
    ...[...metadata.digests.values()].map((digest) =>
      judged('digest', OUTCOMES.digest, digest.id, () => prepareDigest(digest)),
    ),
    judged('segment', OUTCOMES.segment, null, () =>
      assertActivatable(loaded, { sizeBytes: device.sizeBytes, isDetached: isDetached(loaded) }),
    ),
    ...[...metadata.keyslots.values()].flatMap((keyslot) =>
      keyslotFindings(device, loaded, keyslot),
    ),
    ...retiredFindings(loaded),
  ];
  return report(displayUuid(decodeTextField(binary.uuid)), findings);
}

/** The data of such a header lie elsewhere: what is looked at here is the header alone. */
function isDetached({ header }: LoadedHeader): boolean {
  return header.metadata.segments.get(0)?.offsetBytes === 0n;
}

function unreadable(error: unknown): Finding {
  const { detail } = aboutTheBytes(error);
  return finding('header-unreadable', 'header-unreadable', { detail });
}

function copyFinding(copy: 'primary' | 'secondary', health: HeaderCopyHealth): Finding {
  const { state, reason, offsetBytes, seqid } = health;
  const words = reason === null ? state : `${state}: ${reason}`;
  const detail = `${copy} copy ${words}${seqid === null ? '' : `, sequence ${seqid}`}`;
  const code = `${copy}-copy-${state === 'ok' ? 'good' : 'damaged'}` as const;
  return finding('header-copy', code, { offsetBytes, detail });
}

function foreignFindings({ foreignSignature }: LoadedHeader): readonly Finding[] {
  if (foreignSignature === null) return [];
  const detail = `the start also looks like ${displayText(foreignSignature)}`;
  return [finding('foreign-signature', 'foreign-signature', { offsetBytes: 0, detail })];
}

function keyslotFindings(
  device: BlockDevice,
  { header }: LoadedHeader,
  keyslot: Keyslot,
): readonly Finding[] {
  const { id } = keyslot;
  if (keyslot.type !== 'luks2') {
    const detail = `type ${displayText(keyslot.typeName)}`;
    return [finding('keyslot-unusable', 'keyslot-unknown', { id, detail })];
  }
  const usable = judged('keyslot-unusable', OUTCOMES.keyslot, id, () =>
    prepareKeyslot(header.metadata, keyslot),
  );
  const others = usable.weight === 'fine' ? [] : [usable];
  return [...others, areaFinding(device, id, keyslot.area, keyslot.keyBytes)];
}

function retiredFindings({ header }: LoadedHeader): readonly Finding[] {
  return [...findWipes(header.metadata)].map(([id, range]) =>
    finding('retired-key', 'old-key-left', {
      id,
      offsetBytes: range?.offsetBytes ?? null,
      detail: 'an old key still waits to be overwritten',
    }),
  );
}
