import { ATTRIBUTE_ENTRY } from './ext4-layout.ts';
import type { Attribute } from './extended-attributes.ts';

/** Lays extended attributes out: entries from the front, values from the back. */

const ALIGN_BYTES = 4;
const END_BYTES = 4;
const NAME_SHIFT = 5;
const VALUE_SHIFT = 16;

/** An attribute whose value is not in another inode. */
export type HeldAttribute = Readonly<{ index: number; name: Buffer; value: Buffer }>;

/** Returns `undefined` where an attribute's value lies in another inode. */
export function heldAttributes(attributes: readonly Attribute[]): HeldAttribute[] | undefined {
  const held: HeldAttribute[] = [];
  for (const { index, name, value } of attributes) {
    if (value === undefined) return undefined;
    // The bytes are about to be written over.
    held.push({ index, name: Buffer.from(name), value: Buffer.from(value) });
  }
  return held;
}

/** Tells whether attributes fit into so many bytes. */
export function doFit(attributes: readonly HeldAttribute[], roomBytes: number): boolean {
  let needed = END_BYTES;
  for (const { name, value } of attributes) {
    needed += ATTRIBUTE_ENTRY.name + aligned(name.length) + aligned(value.length);
  }
  return needed <= roomBytes;
}

/** How Linux sorts attributes in a block of their own, and finds them there. */
export function compareAttributes(one: HeldAttribute, other: HeldAttribute): number {
  if (one.index !== other.index) return one.index - other.index;
  if (one.name.length !== other.name.length) return one.name.length - other.name.length;
  return Buffer.compare(one.name, other.name);
}

/**
 * Writes attributes that fit.
 *
 * @param bytes - Zeros from `from` on; offsets of values count from its start.
 * @param withHashes - In a block each entry has a hash.
 * @returns What combines the entries' hashes.
 */
export function putAttributes(
  bytes: Buffer,
  from: number,
  attributes: readonly HeldAttribute[],
  withHashes: boolean,
): number {
  let at = from;
  let end = bytes.length;
  let combined = 0;
  for (const { index, name, value } of attributes) {
    end -= aligned(value.length);
    bytes.set(value, end);
    bytes.writeUInt8(name.length, at + ATTRIBUTE_ENTRY.nameLength);
    bytes.writeUInt8(index, at + ATTRIBUTE_ENTRY.index);
    bytes.writeUInt16LE(value.length === 0 ? 0 : end, at + ATTRIBUTE_ENTRY.valueOffset);
    bytes.writeUInt32LE(value.length, at + ATTRIBUTE_ENTRY.valueBytes);
    bytes.set(name, at + ATTRIBUTE_ENTRY.name);
    if (withHashes) {
      const hash = hashOf(name, bytes, end, end + aligned(value.length));
      bytes.writeUInt32LE(hash, at + ATTRIBUTE_ENTRY.hash);
      combined = (rotated(combined, VALUE_SHIFT) ^ hash) >>> 0;
    }
    at += ATTRIBUTE_ENTRY.name + aligned(name.length);
  }
  return combined;
}

function hashOf(name: Buffer, bytes: Buffer, from: number, to: number): number {
  let hash = 0;
  for (const byte of name) hash = rotated(hash, NAME_SHIFT) ^ byte;
  for (let at = from; at < to; at += 4) hash = rotated(hash, VALUE_SHIFT) ^ bytes.readUInt32LE(at);
  return hash >>> 0;
}

function rotated(hash: number, shift: number): number {
  return (hash << shift) ^ (hash >>> (32 - shift));
}

function aligned(length: number): number {
  return Math.ceil(length / ALIGN_BYTES) * ALIGN_BYTES;
}
