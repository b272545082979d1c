import { FormatError } from '../../../shared/errors/vault-error.ts';
import type { FilesystemReport } from '../../../shared/model/filesystem-check.ts';
import type { OrderedDevice } from '../../block/ordered-device.ts';
import { CheckFindings } from '../check-findings.ts';
import { ClusterBitmap } from './cluster-bitmap.ts';
import { type SlotEntry, visitSlots } from './directory-slots.ts';
import { clusterOffset, type FatGeometry, readGeometry } from './fat-geometry.ts';
import {
  ATTRIBUTE,
  BAD_CLUSTER,
  END_OF_CHAIN_MINIMUM,
  ENTRY,
  ENTRY_BYTES,
  FIRST_CLUSTER,
  MAXIMUM_DIRECTORY_SLOTS,
} from './fat-layout.ts';
import { readFirstCluster } from './fat-node.ts';
import { FatTable } from './fat-table.ts';

const COMPARED_BYTES = 256 * 1024;

/**
 * Checks a whole FAT32 volume; nothing is written. Both tables must be equal, every chain must have
 * one file, and be as long as the file says.
 *
 * @throws UnsupportedError `filesystem-unsupported` for FAT12 and FAT16.
 */
export function checkFat32(device: OrderedDevice): FilesystemReport {
  const findings = new CheckFindings();
  try {
    new Fat32Check(device, readGeometry(device), findings).run();
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    findings.damaged('superblock', `boot sector: ${String(error.data['field'] ?? 'damaged')}`);
  }
  return findings.report('vfat');
}

type Folder = Readonly<{ first: number; path: string }>;

class Fat32Check {
  readonly #device: OrderedDevice;
  readonly #geometry: FatGeometry;
  readonly #table: FatTable;
  readonly #findings: CheckFindings;
  readonly #seen: ClusterBitmap;
  readonly #folders: Folder[] = [];

  constructor(device: OrderedDevice, geometry: FatGeometry, findings: CheckFindings) {
    this.#device = device;
    this.#geometry = geometry;
    this.#table = new FatTable(device, geometry);
    this.#findings = findings;
    this.#seen = new ClusterBitmap(geometry.clusterCount + FIRST_CLUSTER);
  }

  run(): void {
    if (this.#geometry.isMarkedDirty || !this.#table.isMarkedClean) {
      this.#findings.note('superblock', 'it was not unmounted; the next mount puts it in order');
    }
    this.#compareTables();
    this.#folders.push({ first: this.#geometry.rootCluster, path: '/' });
    for (let at = 0; at < this.#folders.length; at += 1) {
      const folder = this.#folders[at];
      if (folder !== undefined) this.#checkFolder(folder);
    }
    this.#findLost();
  }

  #compareTables(): void {
    const { fatOffsetBytes, fatBytes, fatCount } = this.#geometry;
    const [one, other] = [Buffer.alloc(COMPARED_BYTES), Buffer.alloc(COMPARED_BYTES)];
    for (let copy = 1; copy < fatCount; copy += 1) {
      for (let at = 0; at < fatBytes; at += one.length) {
        const length = Math.min(one.length, fatBytes - at);
        this.#device.readInto(fatOffsetBytes + at, one.subarray(0, length));
        this.#device.readInto(fatOffsetBytes + copy * fatBytes + at, other.subarray(0, length));
        if (one.subarray(0, length).equals(other.subarray(0, length))) continue;
        this.#findings.damaged('table', `copy ${copy} of the table differs from the first`);
        break;
      }
    }
  }

  /** Follows a chain to its end, or to the first cluster that makes no sense. */
  #claimChain(first: number, path: string): number[] {
    const chain: number[] = [];
    for (let cluster = first; ; ) {
      if (!this.#table.isCluster(cluster)) {
        this.#findings.damaged('clusters', `${path}: its chain leaves the volume`);
        return chain;
      }
      if (this.#seen.has(cluster)) {
        this.#findings.damaged('clusters', `${path}: cluster ${cluster} has an owner already`);
        return chain;
      }
      this.#seen.set(cluster);
      chain.push(cluster);
      const next = this.#table.get(cluster);
      if (next >= END_OF_CHAIN_MINIMUM) return chain;
      cluster = next;
    }
  }

  #checkFolder({ first, path }: Folder): void {
    this.#findings.directories += 1;
    const { clusterBytes } = this.#geometry;
    const most = Math.ceil((MAXIMUM_DIRECTORY_SLOTS * ENTRY_BYTES) / clusterBytes);
    const chain = this.#claimChain(first, path);
    if (chain.length > most) this.#findings.damaged('directory', `${path}: too long`);
    const slots = Buffer.alloc(Math.min(chain.length, most) * clusterBytes);
    for (const [index, cluster] of chain.slice(0, most).entries()) {
      const part = slots.subarray(index * clusterBytes, (index + 1) * clusterBytes);
      this.#device.readInto(clusterOffset(this.#geometry, cluster), part);
    }
    const names = new Set<string>();
    visitSlots(slots, 0, {
      onEntry: (entry) => {
        const key = entry.name.toLowerCase();
        if (names.has(key))
          this.#findings.damaged('directory', `${path}${entry.name}: there twice`);
        names.add(key);
        this.#checkEntry(path, entry, slots.subarray(entry.shortSlot * ENTRY_BYTES));
        return true;
      },
      onOther: (slot, kind) => {
        if (kind !== 'orphan') return;
        this.#findings.damaged('directory', `${path}: slot ${slot} belongs to no name`);
      },
    });
  }

  #checkEntry(parent: string, { name }: SlotEntry, short: Buffer): void {
    const path = `${parent}${name}`;
    const first = readFirstCluster(short.subarray(0, ENTRY_BYTES));
    const sizeBytes = short.readUInt32LE(ENTRY.sizeBytes);
    if (((short[ENTRY.attributes] ?? 0) & ATTRIBUTE.directory) !== 0) {
      if (this.#table.isCluster(first) && this.#seen.has(first)) {
        this.#findings.damaged('directory', `${path}: its content has an owner already`);
      } else {
        this.#folders.push({ first, path: `${path}/` });
      }
      return;
    }
    this.#findings.files += 1;
    const wanted = Math.ceil(sizeBytes / this.#geometry.clusterBytes);
    const found = first === 0 ? 0 : this.#claimChain(first, path).length;
    if (found !== wanted) {
      const words = `${path}: ${sizeBytes} bytes stated, ${found} clusters found`;
      this.#findings.damaged('clusters', words);
    }
  }

  #findLost(): void {
    let lost = 0;
    this.#table.scan((cluster, value) => {
      if (value !== 0 && value !== BAD_CLUSTER && !this.#seen.has(cluster)) lost += 1;
    });
    if (lost > 0) this.#findings.damaged('clusters', `${lost} clusters belong to no file`);
  }
}
