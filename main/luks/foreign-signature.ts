import type { BlockDevice } from '../block/block-device.ts';

/** Bytes at a fixed place by which other formats are known. None of them lies in a valid header. */
const SIGNATURES: readonly Readonly<{
  name: string;
  offsetBytes: number;
  bytes: readonly number[];
}>[] = [
  { name: 'dos', offsetBytes: 510, bytes: [0x55, 0xaa] },
  { name: 'gpt', offsetBytes: 512, bytes: ascii('EFI PART') },
  { name: 'ext', offsetBytes: 1080, bytes: [0x53, 0xef] },
  { name: 'xfs', offsetBytes: 0, bytes: ascii('XFSB') },
  { name: 'squashfs', offsetBytes: 0, bytes: ascii('hsqs') },
  { name: 'zip', offsetBytes: 0, bytes: [0x50, 0x4b, 0x03, 0x04] },
  { name: 'qcow2', offsetBytes: 0, bytes: ascii('QFI\xfb') },
  { name: 'swap', offsetBytes: 4086, bytes: ascii('SWAPSPACE2') },
  { name: 'swap', offsetBytes: 4086, bytes: ascii('SWAP-SPACE') },
  ...[0, 512, 1024, 1536].map((offsetBytes) => ({
    name: 'lvm',
    offsetBytes,
    bytes: ascii('LABELONE'),
  })),
];
const PROBE_BYTES = 4096;

/**
 * Returns the name of a format, other than LUKS, that claims the start of the device, or `null`.
 *
 * @param device - Borrowed: only read.
 */
export function findForeignSignature(device: BlockDevice): string | null {
  const start = new Uint8Array(Math.min(PROBE_BYTES, device.sizeBytes));
  device.readInto(0, start);
  const found = SIGNATURES.find(({ offsetBytes, bytes }) =>
    bytes.every((byte, index) => start[offsetBytes + index] === byte),
  );
  return found?.name ?? null;
}

function ascii(text: string): readonly number[] {
  return [...text].map((character) => character.charCodeAt(0));
}
