import type { CheckFindings } from '../check-findings.ts';
import { BlockOwners } from './check-claims.ts';
import type { Ext4Volume } from './ext4-volume.ts';
import { GroupBitmaps } from './group-bitmaps.ts';

/** What the steps of a check know of an inode that is in use. */
export type KnownInode = { links: number; isDirectory: boolean; names: number };

/** What the steps of a check share. */
export class CheckContext {
  readonly volume: Ext4Volume;
  readonly findings: CheckFindings;
  readonly bitmaps: GroupBitmaps;
  readonly owners: BlockOwners;
  /** By number: inodes in use that a name may lead to. */
  readonly inodes = new Map<number, KnownInode>();
  /** Unlinked, and given back by the next mount for writing. */
  readonly orphans = new Set<number>();
  /** Inodes with blocks that others have too. */
  readonly overlapping = new Set<number>();
  /** By group: directories in use. */
  readonly directoriesIn = new Map<number, number>();
  /** Holds the quotas of projects; 0 where there are none. */
  projectQuotaInode = 0;
  /** Set where something could not be read: what has no owner then may have one. */
  isIncomplete = false;

  constructor(volume: Ext4Volume, findings: CheckFindings) {
    this.volume = volume;
    this.findings = findings;
    this.bitmaps = new GroupBitmaps(volume.geometry, volume.blocks, volume.groups);
    this.owners = new BlockOwners(volume.geometry);
  }

  /** Runs a step; where it fails, the picture is incomplete. @see CheckFindings.attempt */
  attempt<T>(...args: Parameters<CheckFindings['attempt']>): T | undefined {
    const [kind, what, step] = args;
    let hasEnded = false;
    const result = this.findings.attempt(kind, what, () => {
      const value = step() as T; // the caller's own step
      hasEnded = true;
      return value;
    });
    if (!hasEnded) this.isIncomplete = true;
    return result;
  }
}
