/**
 * Decodes canonical base64: the standard alphabet, padded, nothing else in it.
 *
 * @returns A fresh buffer, or `undefined` where the text is not canonical.
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = new Uint8Array(Buffer.from(text, 'base64'));
  return encodeBase64(bytes) === text ? bytes : undefined;
}

/** Encodes bytes as padded base64. Not for secrets: the text cannot be wiped. */
export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
