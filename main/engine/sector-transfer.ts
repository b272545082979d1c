import { isFused, type XtsTransform } from '../crypto/xts-provider.ts';
import { CRYPTO, STORAGE } from '../statistics/stage-clock.ts';
import { deviceErrorOfErrno } from '../system/device-errors.ts';
import type { EngineStorage } from './engine.ts';

/**
 * Moves sectors between storage and the arena, through the cipher, in the calling thread. Where the
 * storage is an open file and the transform can, both steps are one native call.
 */

/**
 * Reads ciphertext and decrypts it in place.
 *
 * @param decrypt - Borrowed: a transform for decryption.
 * @param offsetBytes - Position in the storage.
 * @param target - In the arena; whole sectors. Undefined content after a failure.
 * @throws DeviceError of the storage.
 */
export function readSectors(
  storage: EngineStorage,
  decrypt: XtsTransform,
  offsetBytes: number,
  target: Uint8Array,
  firstIvSector: number,
): void {
  const { byteOffset, length } = target;
  const { clock } = storage;
  if (storage.fd === undefined || clock?.isTiming || !isFused(decrypt)) {
    const stage = clock?.enter(STORAGE) ?? STORAGE;
    storage.readInto(offsetBytes, target);
    clock?.enter(CRYPTO);
    decrypt.apply(byteOffset, length, firstIvSector);
    clock?.enter(stage);
    return;
  }
  assertInside(storage, offsetBytes, length);
  const moved = decrypt.transfer(storage.fd, offsetBytes, byteOffset, length, firstIvSector);
  if (moved < length) throw deviceErrorOfErrno(decrypt.lastErrno, 'read', offsetBytes + moved);
}

/**
 * Encrypts in place and writes: `source` holds ciphertext afterwards.
 *
 * @param encrypt - Borrowed: a transform for encryption.
 * @throws DeviceError of the storage.
 */
export function writeSectors(
  storage: EngineStorage,
  encrypt: XtsTransform,
  offsetBytes: number,
  source: Uint8Array,
  firstIvSector: number,
): void {
  const { byteOffset, length } = source;
  const { clock } = storage;
  if (storage.fd === undefined || storage.isReadOnly || clock?.isTiming || !isFused(encrypt)) {
    const stage = clock?.enter(CRYPTO) ?? CRYPTO;
    encrypt.apply(byteOffset, length, firstIvSector);
    clock?.enter(STORAGE);
    storage.writeFrom(offsetBytes, source);
    clock?.enter(stage);
    return;
  }
  assertInside(storage, offsetBytes, length);
  const moved = encrypt.transfer(storage.fd, offsetBytes, byteOffset, length, firstIvSector);
  if (moved < length) throw deviceErrorOfErrno(encrypt.lastErrno, 'write', offsetBytes + moved);
}

/** The storage's own check is passed by: a write past its end would make the file longer. */
function assertInside(storage: EngineStorage, offsetBytes: number, lengthBytes: number): void {
  if (!(offsetBytes >= 0 && offsetBytes + lengthBytes <= storage.sizeBytes))
    throw new RangeError(`range ${offsetBytes}+${lengthBytes} outside 0..${storage.sizeBytes}`);
}
