import { visitSlots } from './directory-slots.ts';
import { clusterOffset } from './fat-geometry.ts';
import { ATTRIBUTE, ENTRY, ENTRY_BYTES } from './fat-layout.ts';
import { sanitizeName } from './fat-names.ts';
import type { FatVolume } from './fat-volume.ts';

const NO_NAME = 'NO NAME';

/** Returns the volume label: the root directory's label entry, else the boot sector's, or ''. */
export function readVolumeLabel(volume: FatVolume): string {
  const { geometry } = volume;
  const slots = Buffer.alloc(geometry.clusterBytes);
  volume.device.readInto(clusterOffset(geometry, geometry.rootCluster), slots);
  let label: string | undefined;
  visitSlots(slots, 0, {
    onEntry: () => true,
    onOther: (slot, kind) => {
      const at = slot * ENTRY_BYTES;
      const isLabel = ((slots[at + ENTRY.attributes] ?? 0) & ATTRIBUTE.volumeLabel) !== 0;
      if (kind === 'label' && isLabel) label ??= slots.toString('latin1', at, at + 11).trimEnd();
    },
  });
  const text = label ?? (geometry.label === NO_NAME ? '' : geometry.label);
  return sanitizeName(text);
}
