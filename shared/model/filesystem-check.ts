/** What a check of the filesystem in a vault tells people. */

export const FILESYSTEM_FINDING_KINDS = [
  'superblock',
  'journal',
  'group',
  'bitmap',
  'counts',
  'inode',
  'blocks',
  'directory',
  'links',
  'attributes',
  'orphans',
  'table',
  'clusters',
] as const;

/** One thing that is not as it should be, or worth knowing. */
export type FilesystemFinding = Readonly<{
  kind: (typeof FILESYSTEM_FINDING_KINDS)[number];
  weight: 'note' | 'damaged';
  detail: string;
}>;

/** What was found. `more`: findings beyond those that are listed. */
export type FilesystemReport = Readonly<{
  filesystem: string;
  verdict: 'clean' | 'damaged';
  findings: readonly FilesystemFinding[];
  more: number;
  files: number;
  directories: number;
}>;

/** What the system's own program for a filesystem said of it. */
export type CheckerReport = Readonly<{
  program: string;
  exitCode: number;
  verdict: 'clean' | 'repaired' | 'damaged' | 'failed';
  output: string;
}>;
