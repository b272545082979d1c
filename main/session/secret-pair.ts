import { ContractError } from '../../shared/errors/vault-error.ts';
import { SecretBytes } from '../bytes/secret-bytes.ts';

/** Two secrets as one: the length of the first as u32 little-endian, the first, the second. */

const LENGTH_BYTES = 4;

/** @param first - Borrowed, as `second`. @returns Owned by the caller. */
export function packSecrets(first: SecretBytes, second: SecretBytes): SecretBytes {
  const packed = SecretBytes.allocate(LENGTH_BYTES + first.lengthBytes + second.lengthBytes);
  new DataView(packed.bytes.buffer).setUint32(0, first.lengthBytes, true);
  packed.bytes.set(first.bytes, LENGTH_BYTES);
  packed.bytes.set(second.bytes, LENGTH_BYTES + first.lengthBytes);
  return packed;
}

/**
 * @param packed - Borrowed.
 * @returns Both secrets, copied. Owned by the caller.
 * @throws ContractError `payload-invalid` where it is no pair.
 */
export function unpackSecrets(
  packed: SecretBytes,
): Readonly<{ first: SecretBytes; second: SecretBytes }> {
  const { bytes } = packed;
  const hasLength = bytes.length >= LENGTH_BYTES;
  const firstBytes = hasLength ? new DataView(bytes.buffer).getUint32(0, true) : 0;
  const middle = LENGTH_BYTES + firstBytes;
  if (!hasLength || middle > bytes.length) {
    throw new ContractError('payload-invalid', { path: 'secret' });
  }
  return {
    first: SecretBytes.copyOf(bytes.subarray(LENGTH_BYTES, middle)),
    second: SecretBytes.copyOf(bytes.subarray(middle)),
  };
}
