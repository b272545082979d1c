import { StateError } from '../../shared/errors/vault-error.ts';

/**
 * Bytes that must not outlive their use: a passphrase, an area key, a volume key.
 *
 * Holds its own off-slab memory and overwrites it with zeros when disposed. Use with `using`; hand
 * ownership on with {@link SecretBytes.move}.
 */
export class SecretBytes implements Disposable {
  #bytes: Uint8Array<ArrayBuffer> | undefined;

  private constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#bytes = bytes;
  }

  /** Returns zero-filled secret memory of `lengthBytes`. Owned by the caller. */
  static allocate(lengthBytes: number): SecretBytes {
    // SECURITY: with a buffer of its own. A small `new Uint8Array(n)` lies on V8's heap, where the
    // garbage collector moves it and leaves copies behind.
    return new SecretBytes(new Uint8Array(new ArrayBuffer(lengthBytes)));
  }

  /** Takes ownership of `bytes` without copying: the caller must not use them afterwards. */
  static adopt(bytes: Uint8Array<ArrayBuffer>): SecretBytes {
    return new SecretBytes(bytes);
  }

  /** Copies borrowed `bytes`; wiping the original stays the caller's duty. */
  static copyOf(bytes: Uint8Array): SecretBytes {
    const copy = SecretBytes.allocate(bytes.length);
    copy.bytes.set(bytes);
    return copy;
  }

  /** The live bytes. Borrowed: do not keep past disposal. @throws StateError after disposal. */
  get bytes(): Uint8Array<ArrayBuffer> {
    if (this.#bytes === undefined) throw new StateError('internal', { reason: 'secret-disposed' });
    return this.#bytes;
  }

  get lengthBytes(): number {
    return this.bytes.length;
  }

  /** Moves the bytes to a new owner; this object becomes disposed without wiping. */
  move(): SecretBytes {
    const moved = new SecretBytes(this.bytes);
    this.#bytes = undefined;
    return moved;
  }

  [Symbol.dispose](): void {
    this.#bytes?.fill(0);
    this.#bytes = undefined;
  }
}
