/**
 * Longest run of bytes that moves at a time: large requests are served in such slices, so that a
 * few of them fit the processor's caches, one connection does not hold up the others, and memory
 * is bounded whatever is asked for. A multiple of every sector size.
 */
export const SLICE_BYTES = 256 * 1024;

/** Longest run that is trimmed at a time: no data moves. */
export const TRIM_SLICE_BYTES = 256 * SLICE_BYTES;

/** Length of the next slice of a range: slices end at multiples of `sliceBytes`. */
export function nextSliceBytes(
  offsetBytes: number,
  remainingBytes: number,
  sliceBytes: number,
): number {
  return Math.min(remainingBytes, sliceBytes - (offsetBytes % sliceBytes));
}
