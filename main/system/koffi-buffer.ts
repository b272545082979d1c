import koffi from 'koffi';

/** Native memory of a fixed size that C may keep or fill: it never moves, unlike small JS buffers. */
export type KoffiBuffer = Readonly<{ pointer: unknown; view: DataView; lengthBytes: number }>;

/** Allocates zeroed native memory, freed when the pointer is collected. */
export function koffiBuffer(lengthBytes: number): KoffiBuffer {
  const pointer: unknown = koffi.alloc('uint8_t', lengthBytes);
  const view = new DataView(koffi.view(pointer, lengthBytes));
  for (let i = 0; i < lengthBytes; i += 1) view.setUint8(i, 0);
  return { pointer, view, lengthBytes };
}
