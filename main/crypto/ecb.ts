import { createCipheriv, createDecipheriv } from 'node:crypto';

/**
 * Runs AES-ECB over whole blocks, once.
 *
 * @param key - Borrowed: 16, 24 or 32 bytes.
 * @param blocks - Borrowed: a multiple of 16 bytes.
 * @returns A fresh buffer; the caller wipes it where it must.
 */
export function transformEcb(
  direction: 'encrypt' | 'decrypt',
  key: Uint8Array,
  blocks: Uint8Array,
): Buffer {
  const algorithm = `aes-${key.length * 8}-ecb`;
  const create = direction === 'encrypt' ? createCipheriv : createDecipheriv;
  const cipher = create(algorithm, key, null);
  cipher.setAutoPadding(false);
  try {
    return cipher.update(blocks);
  } finally {
    // SECURITY: finishing frees the key schedule now and not at some garbage collection.
    cipher.final();
  }
}
