import type { RecordingDevice } from './recording-device.ts';

const SECTOR_BYTES = 512;

/** What a storage may hold after a cut. */
export type Cut = Readonly<{
  what: string;
  /** Writes that were begun. */
  writes: number;
  /** Owned by who asks. */
  image: () => Buffer;
}>;

/**
 * Every cut of a recorded workload: after each write; with each write lost that no flush has
 * followed yet when its epoch ends; and with each write torn after each of its sectors.
 */
export function* cutsOf(device: RecordingDevice): Generator<Cut> {
  const { writes } = device;
  const now = device.imageAfter(0);
  for (let from = 0; from < writes.length; ) {
    const epoch = writes[from]?.epoch;
    let to = from;
    while (to < writes.length && writes[to]?.epoch === epoch) to += 1;
    const part = writes.slice(from, to);
    const base = Buffer.from(now);
    const first = from;
    for (const [index, { offsetBytes, bytes }] of part.entries()) {
      for (let torn = SECTOR_BYTES; torn < bytes.length; torn += SECTOR_BYTES) {
        yield {
          what: `write ${first + index + 1} torn after ${torn} bytes`,
          writes: first + index + 1,
          image: () => {
            const image = Buffer.from(now);
            image.set(bytes.subarray(0, torn), offsetBytes);
            return image;
          },
        };
      }
      now.set(bytes, offsetBytes);
      yield {
        what: `after write ${first + index + 1}`,
        writes: first + index + 1,
        image: () => Buffer.from(now),
      };
    }
    for (const lost of part.keys()) {
      yield {
        what: `without write ${first + lost + 1} of ${to}`,
        writes: to,
        image: () => {
          const image = Buffer.from(base);
          for (const [index, { offsetBytes, bytes }] of part.entries()) {
            if (index !== lost) image.set(bytes, offsetBytes);
          }
          return image;
        },
      };
    }
    from = to;
  }
}
