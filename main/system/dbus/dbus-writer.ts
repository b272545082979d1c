import { alignmentOf, type DbusDictionary, type DbusVariant } from './dbus-values.ts';

/**
 * Writes values into a message, little-endian.
 *
 * The buffer is the caller's and of a fixed size, so that a message with a secret in it lies in one
 * place and can be wiped.
 */
export class DbusWriter {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  /** @param bytes - Borrowed. A message that does not fit is a RangeError. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Bytes written so far. */
  get lengthBytes(): number {
    return this.#at;
  }

  align(bytes: number): void {
    const next = Math.ceil(this.#at / bytes) * bytes;
    this.#bytes.fill(0, this.#at, next);
    this.#at = next;
  }

  byte(value: number): void {
    this.#view.setUint8(this.#at, value);
    this.#at += 1;
  }

  uint32(value: number): void {
    this.align(4);
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
  }

  /** Overwrites a number that was not known when it was written. */
  patchUint32(at: number, value: number): void {
    this.#view.setUint32(at, value, true);
  }

  signature(text: string): void {
    this.byte(text.length);
    this.#raw(new TextEncoder().encode(text));
    this.byte(0);
  }

  text(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.uint32(bytes.length);
    this.#raw(bytes);
    this.byte(0);
  }

  variant(variant: DbusVariant): void {
    this.signature(variant.type);
    this.value(variant);
  }

  /** Writes the value alone: its type stands in a signature elsewhere. */
  value(variant: DbusVariant): void {
    switch (variant.type) {
      case 'b':
        this.uint32(variant.value ? 1 : 0);
        break;
      case 'u':
      case 'h':
        this.uint32(variant.value);
        break;
      case 's':
      case 'o':
        this.text(variant.value);
        break;
      case 'g':
        this.signature(variant.value);
        break;
      case 'ay':
        this.uint32(variant.value.length);
        this.#raw(variant.value);
        break;
      case 'a{sv}':
        this.#dictionary(variant.value);
        break;
    }
  }

  #dictionary(entries: DbusDictionary): void {
    this.uint32(0);
    const lengthAt = this.#at - 4;
    this.align(alignmentOf('{'));
    const from = this.#at;
    for (const [name, variant] of Object.entries(entries)) {
      this.align(alignmentOf('{'));
      this.text(name);
      this.variant(variant);
    }
    this.patchUint32(lengthAt, this.#at - from);
  }

  #raw(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }
}
