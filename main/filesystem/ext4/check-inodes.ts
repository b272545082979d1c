import { isSet } from './bitmap-search.ts';
import { claimContent } from './check-content.ts';
import type { CheckContext } from './check-context.ts';
import { COMPATIBLE, INCOMPATIBLE, READ_ONLY_COMPATIBLE } from './ext4-features.ts';
import {
  ATTRIBUTE_BLOCK,
  GROUP,
  INODES,
  SUPER,
  SUPER_BYTES,
  SUPER_OFFSET_BYTES,
} from './ext4-layout.ts';
import { readAttributes } from './extended-attributes.ts';
import { countsUnused } from './group-bitmaps.ts';
import { countOf } from './group-table.ts';
import type { Inode } from './inode.ts';
import { readListedOrphans } from './orphan-file.ts';

/** Every inode that is in use, or should not be: what it says of itself, and the blocks it has. */

/** By block: how many inodes share these attributes, and how many it says they are. */
type SharedAttributes = Map<number, { found: number; stated: number }>;

/** Looks at all inodes and gives them their blocks. */
export function checkInodes(context: CheckContext, onShare: (share: number) => void): void {
  const { geometry } = context.volume;
  context.attempt('orphans', 'list of orphans', () => findOrphans(context));
  const shared: SharedAttributes = new Map();
  for (let group = 0; group < geometry.groupCount; group += 1) {
    context.attempt('bitmap', `inode bitmap of group ${group}`, () =>
      checkGroup(context, group, shared),
    );
    onShare(group / geometry.groupCount);
  }
  for (const [block, { found, stated }] of shared) {
    if (found === stated) continue;
    const words = `block ${block}: ${stated} users stated, ${found} found`;
    context.findings.damaged('attributes', words);
  }
}

function findOrphans(context: CheckContext): void {
  const { volume, orphans } = context;
  const superblock = Buffer.alloc(SUPER_BYTES);
  volume.device.readInto(SUPER_OFFSET_BYTES, superblock);
  const isQuoted = (volume.geometry.features.readOnlyCompatible & READ_ONLY_COMPATIBLE.quota) !== 0;
  if (isQuoted) context.projectQuotaInode = superblock.readUInt32LE(SUPER.projectQuotaInode);
  let number = superblock.readUInt32LE(SUPER.lastOrphan);
  while (number !== 0 && !orphans.has(number)) {
    orphans.add(number);
    number = volume.inodes.getChecked(number).deletedSeconds;
  }
  for (const listed of readListedOrphans(volume)) orphans.add(listed);
  if (orphans.size > 0) {
    const words = `${orphans.size} unlinked files wait for the next mount to be given back`;
    context.findings.note('orphans', words);
  }
}

function checkGroup(context: CheckContext, group: number, shared: SharedAttributes): void {
  const { geometry, groups } = context.volume;
  const bitmap = context.bitmaps.readInodes(group);
  const descriptor = groups.read(group);
  const unused = countsUnused(geometry)
    ? countOf(descriptor, GROUP.unusedInodesLow, GROUP.unusedInodesHigh)
    : 0;
  const written = geometry.inodesPerGroup - unused;
  for (let index = 0; index < geometry.inodesPerGroup; index += 1) {
    const number = group * geometry.inodesPerGroup + index + 1;
    const isMarked = isSet(bitmap, index);
    if (index >= written) {
      if (isMarked) {
        context.findings.damaged(
          'inode',
          `inode ${number} is marked as used and was never written`,
        );
      }
    } else if (isMarked) {
      context.attempt('inode', `inode ${number}`, () => checkInode(context, number, shared));
    } else {
      checkFree(context, context.volume.inodes.get(number));
    }
  }
}

/** An inode that is marked as free must look like one. */
function checkFree({ findings }: CheckContext, inode: Inode): void {
  const { links, deletedSeconds, mode, number } = inode;
  if (isLeftOver(inode)) {
    findings.damaged('inode', `inode ${number} is in use and marked as free`);
  } else if (links === 0 && deletedSeconds === 0 && mode !== 0) {
    findings.damaged('inode', `inode ${number} was deleted without a time`);
  }
}

function isLeftOver(inode: Inode): boolean {
  return inode.links > 0 && inode.kind !== undefined && inode.deletedSeconds === 0;
}

function checkInode(context: CheckContext, number: number, shared: SharedAttributes): void {
  const { volume, orphans, inodes } = context;
  const raw = volume.inodes.get(number);
  const isReserved = number < volume.geometry.firstInode && number !== INODES.root;
  if (isReserved && raw.mode === 0 && raw.sizeBytes === 0) {
    // The list of bad blocks has no type; the others are not in use.
    if (number === 1) claimContent(context, raw);
    return;
  }
  const inode = volume.inodes.getChecked(number);
  if (inode.links === 0 && !orphans.has(number)) {
    context.findings.damaged('links', `inode ${number} has no name and is on no list of orphans`);
  }
  const isDirectory = inode.kind === 'directory';
  if (isDirectory) countDirectory(context, number);
  checkAttributes(context, inode, shared);
  claimContent(context, inode);
  if (!isReserved && !isHidden(context, inode)) {
    inodes.set(number, { links: inode.links, isDirectory, names: 0 });
  }
}

function countDirectory({ volume, directoriesIn, findings }: CheckContext, number: number): void {
  const group = Math.floor((number - 1) / volume.geometry.inodesPerGroup);
  directoriesIn.set(group, (directoriesIn.get(group) ?? 0) + 1);
  findings.directories += 1;
}

/** Inodes in use that no name leads to: values of attributes, quotas, the file of orphans. */
function isHidden({ volume, projectQuotaInode }: CheckContext, inode: Inode): boolean {
  const { compatible, incompatible } = volume.geometry.features;
  if ((incompatible & INCOMPATIBLE.ea_inode) !== 0 && inode.hasFlag('attributeValue')) return true;
  if (inode.number === projectQuotaInode) return true;
  return (
    (compatible & COMPATIBLE.orphan_file) !== 0 && inode.number === volume.geometry.orphanFileInode
  );
}

function checkAttributes(context: CheckContext, inode: Inode, shared: SharedAttributes): void {
  const { volume } = context;
  const block = inode.attributeBlock;
  context.attempt('attributes', `inode ${inode.number}`, () => {
    readAttributes(volume, inode);
    if (block === 0) return;
    const known = shared.get(block);
    if (known !== undefined) {
      known.found += 1;
      return;
    }
    const stated = volume.blocks.read(block).bytes.readUInt32LE(ATTRIBUTE_BLOCK.references);
    shared.set(block, { found: 1, stated });
    if (context.owners.claim(block, 1) > 0) {
      const words = `block ${block} of inode ${inode.number} lies over something else`;
      context.findings.damaged('attributes', words);
    }
  });
}
