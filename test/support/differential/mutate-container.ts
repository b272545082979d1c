import { MemoryDevice } from '../../../main/block/memory-device.ts';
import { hashOnce } from '../../../main/crypto/hashes.ts';
import type { BinaryHeader, HeaderCopy } from '../../../main/luks/binary-header.ts';
import { encodeHeaderCopy, LUKS2_BINARY_HEADER_BYTES } from '../../../main/luks/binary-header.ts';
import { LUKS1_HEADER_BYTES } from '../../../main/luks/luks1-header.ts';
import { readLuks2 } from '../../../main/luks/read-luks2.ts';
import type { SeededRandom } from '../seeded-random.ts';
import { mutateJson } from './mutate-json.ts';

const CHECKSUM_OFFSET = 448;
const CHECKSUM_FIELD_BYTES = 64;

/** A container as cryptsetup made it, in its whole length. */
export type SoundContainer = Readonly<{ name: string; version: 1 | 2; bytes: Uint8Array }>;

/** Returns the container with something wrong, or at least odd, about its header. */
export function mutateContainer(
  sound: SoundContainer,
  random: SeededRandom,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(sound.bytes);
  if (sound.version === 1) mutateLuks1(bytes, random);
  else mutateLuks2(bytes, random);
  return bytes;
}

function mutateLuks2(bytes: Uint8Array<ArrayBuffer>, random: SeededRandom): void {
  const { binary, copyBytes } = readLuks2(new MemoryDevice(bytes, true)).header;
  const kind = random.below(10);
  if (kind === 0) flip(bytes, 2 * binary.headerBytes, random);
  else if (kind === 1) mutateBinary(bytes, binary, random);
  else mutateArea(bytes, binary, copyBytes.slice(LUKS2_BINARY_HEADER_BYTES), random);
}

/** Other JSON in both copies, or in one, with right checksums. */
function mutateArea(
  bytes: Uint8Array,
  binary: BinaryHeader,
  area: Uint8Array,
  random: SeededRandom,
): void {
  const text = new TextDecoder().decode(area.subarray(0, area.indexOf(0)));
  const mutated = new TextEncoder().encode(mutateJson(text, random));
  const jsonArea = new Uint8Array(area.length);
  jsonArea.set(mutated.subarray(0, area.length));
  const which = random.below(8);
  if (which !== 6) writeCopy(bytes, binary, 'primary', jsonArea, random);
  if (which !== 7) writeCopy(bytes, binary, 'secondary', jsonArea, random);
}

function writeCopy(
  bytes: Uint8Array,
  binary: BinaryHeader,
  copy: HeaderCopy,
  jsonArea: Uint8Array,
  random: SeededRandom,
): void {
  const offsetBytes = copy === 'primary' ? 0 : binary.headerBytes;
  const salt = random.bytes(binary.salt.length);
  bytes.set(encodeHeaderCopy({ ...binary, copy, offsetBytes, salt }, jsonArea), offsetBytes);
}

/** Fields of the binary header: offset and bytes. */
const FIELDS = [
  [0, 6],
  [6, 2],
  [8, 8],
  [16, 8],
  [24, 48],
  [72, 32],
  [104, 64],
  [168, 40],
  [208, 48],
  [256, 8],
  [264, 184],
  [448, 64],
  [512, 3584],
] as const;

/** One field of one or both copies, most often with a checksum that is right again. */
function mutateBinary(bytes: Uint8Array, binary: BinaryHeader, random: SeededRandom): void {
  const [at, length] = FIELDS[random.below(FIELDS.length)] ?? FIELDS[0];
  const value = fieldValue(length, random);
  const which = random.below(4);
  const copies = [0, binary.headerBytes].filter((_, index) => which > 1 || which === index);
  const isMended = random.below(4) !== 0;
  for (const start of copies) {
    bytes.set(value, start + at);
    if (isMended && at !== CHECKSUM_OFFSET) mendChecksum(bytes, start, binary.headerBytes);
  }
}

function fieldValue(length: number, random: SeededRandom): Uint8Array {
  const value = new Uint8Array(length);
  switch (random.below(5)) {
    case 0:
      return value;
    case 1:
      return value.fill(0xff);
    case 2:
      return random.bytes(length);
    case 3:
      value[length - 1] = 1 + random.below(255);
      return value;
    default:
      value.set(new TextEncoder().encode('sha512').subarray(0, length));
      return value;
  }
}

function mendChecksum(bytes: Uint8Array, start: number, headerBytes: number): void {
  const copy = bytes.slice(start, start + headerBytes);
  copy.fill(0, CHECKSUM_OFFSET, CHECKSUM_OFFSET + CHECKSUM_FIELD_BYTES);
  bytes.set(hashOnce('sha256', copy), start + CHECKSUM_OFFSET);
}

/** Numbers of four bytes in a LUKS1 header, and its texts. */
const LUKS1_NUMBERS = [
  104,
  108,
  164,
  ...Array.from({ length: 8 }, (_, id) => 208 + 48 * id),
].flatMap((at) => (at >= 208 ? [at, at + 4, at + 40, at + 44] : [at]));
const LUKS1_TEXTS = [
  [8, 32, ['aes', 'serpent', 'twofish', 'cipher_null', 'AES', '', 'aes-xts']],
  [40, 32, ['xts-plain64', 'xts-plain', 'cbc-plain', 'cbc-essiv:sha256', 'ecb', 'lrw-benbi', '']],
  [72, 32, ['sha1', 'sha256', 'sha512', 'ripemd160', 'whirlpool', 'md5', 'SHA256', 'none', '']],
  [168, 40, ['', 'no-uuid', '../../etc', '00000000-0000-0000-0000-000000000000']],
] as const;
const LUKS1_VALUES = [0, 1, 2, 7, 8, 16, 32, 64, 512, 1000, 4000, 4096, 0xdead, 0x00ac71f3].concat([
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
]);

function mutateLuks1(bytes: Uint8Array, random: SeededRandom): void {
  if (random.below(8) === 0) {
    flip(bytes, LUKS1_HEADER_BYTES, random);
    return;
  }
  for (let left = 1 + random.below(2); left > 0; left -= 1) {
    if (random.below(4) === 0) mutateLuks1Text(bytes, random);
    else mutateLuks1Number(bytes, random);
  }
}

function mutateLuks1Text(bytes: Uint8Array, random: SeededRandom): void {
  const [at, length, texts] = LUKS1_TEXTS[random.below(LUKS1_TEXTS.length)] ?? LUKS1_TEXTS[0];
  bytes.fill(random.below(6) === 0 ? 0x41 : 0, at, at + length);
  bytes.set(new TextEncoder().encode(texts[random.below(texts.length)] ?? ''), at);
}

function mutateLuks1Number(bytes: Uint8Array, random: SeededRandom): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const at = LUKS1_NUMBERS[random.below(LUKS1_NUMBERS.length)] ?? 104;
  const value = LUKS1_VALUES[random.below(LUKS1_VALUES.length)] ?? 0;
  const step = [1, -1, 8, -8, 256, -256][random.below(6)] ?? 1;
  const nudged = (view.getUint32(at) + step) >>> 0;
  view.setUint32(at, random.below(2) === 0 ? value : nudged);
}

function flip(bytes: Uint8Array, length: number, random: SeededRandom): void {
  for (let flips = 1 + random.below(8); flips > 0; flips -= 1) {
    const at = random.below(length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
  }
}
