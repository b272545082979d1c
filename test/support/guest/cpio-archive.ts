/**
 * Writes the archive that a kernel unpacks as its first root: "newc" cpio.
 *
 * @see Linux, Documentation/driver-api/early-userspace/buffer-format.rst
 */

/** What goes into the archive; paths are relative to its root, parents before children. */
export type ArchiveEntry = Readonly<{
  path: string;
  /** Type and permission bits, as in `st_mode`. */
  mode: number;
  content?: Uint8Array;
}>;

const DIRECTORY_MODE = 0o040755;
const FILE_TYPE = 0o100000;
const ALIGNMENT_BYTES = 4;

export function fileEntry(path: string, content: Uint8Array, permissions = 0o644): ArchiveEntry {
  return { path, mode: FILE_TYPE | permissions, content };
}

function padded(length: number): number {
  return Math.ceil(length / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
}

function encodeEntry(entry: ArchiveEntry, inode: number): Buffer {
  const name = Buffer.from(`${entry.path}\0`);
  const content = entry.content ?? new Uint8Array(0);
  const isDirectory = entry.content === undefined;
  // ino, mode, uid, gid, nlink, mtime, filesize, devmajor, devminor, rdevmajor, rdevminor, namesize, check
  const fields = [
    inode,
    entry.mode,
    0,
    0,
    isDirectory ? 2 : 1,
    0,
    content.length,
    0,
    0,
    0,
    0,
    name.length,
    0,
  ];
  const numbers = fields.map((field) => field.toString(16).padStart(8, '0')).join('');
  const header = Buffer.concat([Buffer.from(`070701${numbers}`), name]);
  const bytes = Buffer.alloc(padded(header.length) + padded(content.length));
  header.copy(bytes);
  bytes.set(content, padded(header.length));
  return bytes;
}

/** Adds the folders that the entries lie in. */
function withFolders(entries: readonly ArchiveEntry[]): ArchiveEntry[] {
  const folders = new Set<string>();
  for (const { path } of entries) {
    const parts = path.split('/');
    for (let depth = 1; depth < parts.length; depth += 1)
      folders.add(parts.slice(0, depth).join('/'));
  }
  const listed = new Set(entries.map(({ path }) => path));
  const missing = [...folders].filter((path) => !listed.has(path)).sort();
  return [...missing.map((path) => ({ path, mode: DIRECTORY_MODE })), ...entries];
}

/** Encodes an archive of these entries and of the folders that they lie in. */
export function encodeArchive(entries: readonly ArchiveEntry[]): Buffer {
  const all = withFolders(entries).map((entry, index) => encodeEntry(entry, index + 1));
  const trailer = encodeEntry({ path: 'TRAILER!!!', mode: 0, content: new Uint8Array(0) }, 0);
  return Buffer.concat([...all, trailer]);
}

/** An empty folder of the archive. */
export function folderEntry(path: string, permissions = 0o755): ArchiveEntry {
  return { path, mode: 0o040000 | permissions };
}
