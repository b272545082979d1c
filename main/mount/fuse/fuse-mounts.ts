import { readFileSync } from 'node:fs';

/** The type of our mounts, as the kernel's mount table names it. */
export const FUSE_TYPE = 'fuse.lockline';
const SOURCE_PREFIX = 'lockline:';
const MAX_SOURCE_NAME_LENGTH = 64;

/** One line of the kernel's mount table. */
export type MountEntry = Readonly<{
  mountPoint: string;
  type: string;
  source: string;
  /** The user who made a FUSE mount; `undefined` for other types. */
  userId: number | undefined;
  /** Number of a FUSE connection: the minor number of the device. */
  connection: number;
}>;

/** Returns the source under which a volume is mounted: one word that no option parser can misread. */
export function sourceOf(volumeName: string): string {
  const word = volumeName.replace(/[^\p{L}\p{N}._-]/gu, '_');
  return SOURCE_PREFIX + [...word].slice(0, MAX_SOURCE_NAME_LENGTH).join('');
}

/**
 * Parses `/proc/self/mountinfo`.
 *
 * @see proc_pid_mountinfo(5): fields up to " - " vary in number; space, tab, newline and backslash
 * are octal escapes.
 */
export function parseMountInfo(text: string): readonly MountEntry[] {
  const entries: MountEntry[] = [];
  for (const line of text.split('\n')) {
    const separator = line.indexOf(' - ');
    if (separator === -1) continue;
    const [, , device = '', , mountPoint = ''] = line.slice(0, separator).split(' ');
    const [type = '', source = '', options = ''] = line.slice(separator + 3).split(' ');
    const userId = /(?:^|,)user_id=(\d+)(?:,|$)/.exec(options)?.[1];
    entries.push({
      mountPoint: unescapeOctal(mountPoint),
      type,
      source: unescapeOctal(source),
      userId: userId === undefined ? undefined : Number(userId),
      connection: Number(device.split(':')[1] ?? Number.NaN),
    });
  }
  return entries;
}

/** Reads all mounts that this process sees. */
export function readMounts(): readonly MountEntry[] {
  return parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8'));
}

/** Tells whether a mount is Lockline's and was made by this user. */
export function isOurs(entry: MountEntry): boolean {
  const isLockline = entry.type === FUSE_TYPE && entry.source.startsWith(SOURCE_PREFIX);
  return isLockline && entry.userId === process.getuid?.();
}

/** Decodes `\ooo` escapes, byte by byte: names may hold any UTF-8. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-3][0-7]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
