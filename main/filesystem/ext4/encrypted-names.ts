/**
 * Names in directories that fscrypt encrypts: their bytes are no names that could be shown, so each
 * entry shows under the number of its inode.
 */

const PREFIX = 'encrypted-';

export function shownNameOf(inode: number): Buffer {
  return Buffer.from(`${PREFIX}${inode}`);
}

/** Returns the inode that a shown name means, `undefined` where it means none. */
export function inodeOfShownName(name: Uint8Array): number | undefined {
  const match = /^encrypted-([1-9][0-9]{0,9})$/.exec(Buffer.from(name).toString('latin1'));
  return match === null ? undefined : Number(match[1]);
}
