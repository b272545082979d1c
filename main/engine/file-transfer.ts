import { readSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { isFused, type XtsTransform } from '../crypto/xts-provider.ts';

/** What became of a transfer. */
export type Moved = Readonly<{
  bytes: number;
  /** 0 where all was moved, or where the file ended. */
  errno: number;
}>;

/**
 * Reads ciphertext from a file and decrypts it in place.
 *
 * @param fd - Borrowed: an open file.
 * @param target - In the arena; whole sectors. Undefined content where fewer bytes were moved.
 */
export function readFragment(
  fd: number,
  decrypt: XtsTransform,
  offsetBytes: number,
  target: Uint8Array,
  firstIvSector: number,
): Moved {
  const { byteOffset, length } = target;
  if (isFused(decrypt)) {
    const bytes = decrypt.transfer(fd, offsetBytes, byteOffset, length, firstIvSector);
    return { bytes, errno: bytes < length ? decrypt.lastErrno : 0 };
  }
  const moved = moveAll(length, (done) =>
    readSync(fd, target, done, length - done, offsetBytes + done),
  );
  if (moved.bytes === length) decrypt.apply(byteOffset, length, firstIvSector);
  return moved;
}

/**
 * Encrypts in place and writes to a file: `source` holds ciphertext afterwards.
 *
 * @param fd - Borrowed: a file open for writing.
 */
export function writeFragment(
  fd: number,
  encrypt: XtsTransform,
  offsetBytes: number,
  source: Uint8Array,
  firstIvSector: number,
): Moved {
  const { byteOffset, length } = source;
  if (isFused(encrypt)) {
    const bytes = encrypt.transfer(fd, offsetBytes, byteOffset, length, firstIvSector);
    return { bytes, errno: bytes < length ? encrypt.lastErrno : 0 };
  }
  encrypt.apply(byteOffset, length, firstIvSector);
  return moveAll(length, (done) => writeSync(fd, source, done, length - done, offsetBytes + done));
}

function moveAll(lengthBytes: number, move: (doneBytes: number) => number): Moved {
  let done = 0;
  while (done < lengthBytes) {
    try {
      const count = move(done);
      if (count === 0) return { bytes: done, errno: 0 };
      done += count;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EINTR') continue;
      return { bytes: done, errno: errnoOf(error) };
    }
  }
  return { bytes: done, errno: 0 };
}

function errnoOf(error: unknown): number {
  const isSystemError = error instanceof Error && 'errno' in error;
  return isSystemError && typeof error.errno === 'number' ? -error.errno : constants.errno.EIO;
}
