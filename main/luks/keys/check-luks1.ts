import type { Finding, HealthReport } from '../../../shared/model/header-care.ts';
import { decodeTextField } from '../binary-header.ts';
import { displayUuid } from '../display-uuid.ts';
import type { HeaderDevice } from '../header-storage.ts';
import { isActive, isParked, LUKS1_SECTOR_BYTES } from '../luks1-header.ts';
import { prepareLuks1Keyslot, prepareLuks1Verifier } from '../luks1-keyslots.ts';
import { luks1Segment } from '../luks1-segment.ts';
import { assertLuks1Areas, type LoadedLuks1, luks1AreaSectors } from '../read-luks1.ts';
import { areaFinding, finding, judged, OUTCOMES, report } from './health-findings.ts';

/**
 * Looks at everything of a LUKS1 container that can be judged without a passphrase. Reads only. It
 * has no second copy and no checksum: what is implausible is seen, and nothing else.
 */
export function checkLuks1(device: HeaderDevice, loaded: LoadedLuks1): HealthReport {
  const { header } = loaded;
  const isDetached = header.payloadOffsetSectors === 0;
  const areaBytes = luks1AreaSectors(header) * LUKS1_SECTOR_BYTES;
  const findings: Finding[] = [
    finding('header-copy', 'only-copy', { offsetBytes: 0, detail: 'one copy, without a checksum' }),
    judged('digest', OUTCOMES.digest, 0, () => prepareLuks1Verifier(header)),
    judged('keyslot-place', OUTCOMES.places, null, () => assertLuks1Areas(header)),
    judged('segment', OUTCOMES.segment, 0, () =>
      luks1Segment(header, { sizeBytes: device.sizeBytes, isDetached }),
    ),
  ];
  for (const [id, keyslot] of header.keyslots.entries()) {
    if (isParked(keyslot, id)) {
      const detail = 'a conversion that was interrupted has left it without a place';
      findings.push(finding('keyslot-place', 'keyslot-parked', { id, detail }));
    }
    if (!isActive(keyslot)) continue;
    const usable = judged('keyslot-unusable', OUTCOMES.keyslot, id, () =>
      prepareLuks1Keyslot(header, id),
    );
    if (usable.weight !== 'fine') findings.push(usable);
    const offsetBytes = keyslot.areaOffsetSectors * LUKS1_SECTOR_BYTES;
    const area = { offsetBytes, sizeBytes: areaBytes };
    findings.push(areaFinding(device, id, area, header.keyBytes));
  }
  return report(displayUuid(decodeTextField(header.uuid)), findings);
}
