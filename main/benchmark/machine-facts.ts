import { readFileSync, readlinkSync, statfsSync, statSync } from 'node:fs';
import { freemem } from 'node:os';
import { basename } from 'node:path';
import type { MachineFacts, StorageFacts } from '../../shared/model/benchmark.ts';
import { Arena } from '../bytes/arena.ts';
import { examineProviders, PROVIDERS_ARENA_BYTES } from '../crypto/providers.ts';
import { physicalCores } from '../system/physical-cores.ts';
import { freeBytesOf } from './bench-volume.ts';
import { machineFingerprint } from './machine-fingerprint.ts';

/** Vector instructions that matter for AES, as Linux names them. */
const VECTOR_FLAGS = ['ssse3', 'avx2', 'vaes', 'vpclmulqdq', 'avx512f', 'asimd'] as const;

/** Filesystems by the number that statfs(2) gives them. */
const FILESYSTEMS: Readonly<Record<number, string>> = {
  61267: 'ext4',
  2435016766: 'btrfs',
  1481003842: 'xfs',
  16914836: 'tmpfs',
  2035054128: 'overlayfs',
  801189825: 'zfs',
  26985: 'nfs',
  1702057286: 'fuse',
  4076150800: 'f2fs',
};
const IN_MEMORY: readonly string[] = ['tmpfs'];

/** Returns what is worth knowing of this machine, and of the storage of a folder. */
export function readMachineFacts(folder: string): MachineFacts {
  const flags = readFlags();
  const provider = examineProviders(new Arena(PROVIDERS_ARENA_BYTES)).find(
    ({ state }) => state === 'default',
  );
  return {
    ...machineFingerprint(),
    physicalCores: physicalCores(),
    freeMemoryBytes: freemem(),
    hasAes: flags === null ? null : flags.has('aes'),
    vectorInstructions: VECTOR_FLAGS.filter((flag) => flags?.has(flag)),
    provider: {
      name: provider?.name ?? 'none',
      implementation: provider?.implementation ?? null,
    },
    storage: readStorage(folder),
  };
}

/** Returns what the processor can do, as Linux tells; null on other systems. */
function readFlags(): ReadonlySet<string> | null {
  try {
    const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'));
    return line === null ? null : new Set(line[1]?.split(' '));
  } catch {
    return null;
  }
}

/** Returns what is worth knowing of the storage of a folder. */
export function readStorage(folder: string): StorageFacts {
  const freeBytes = freeBytesOf(folder);
  const unknown = { filesystem: 'unknown', kind: 'unknown', device: null, freeBytes } as const;
  try {
    const filesystem = FILESYSTEMS[statfsSync(folder).type] ?? 'unknown';
    if (IN_MEMORY.includes(filesystem)) {
      return { filesystem, kind: 'memory', device: null, freeBytes };
    }
    return { filesystem, freeBytes, ...readDisk(statSync(folder, { bigint: true }).dev) };
  } catch {
    return unknown;
  }
}

/** @param number - As stat(2) has it: 12 bits of the major number lie above 8 of the minor. */
function readDisk(number: bigint): Pick<StorageFacts, 'kind' | 'device'> {
  const major = (number >> 8n) & 0xfffn;
  const minor = (number & 0xffn) | ((number >> 12n) & 0xfff00n);
  try {
    const entry = `/sys/dev/block/${major}:${minor}`;
    const target = readlinkSync(entry);
    // A partition lies in the folder of its disk.
    const disk = [entry, `${entry}/..`].find((path) => hasQueue(path));
    if (disk === undefined) return { kind: 'unknown', device: basename(target) };
    const isRotating = readFileSync(`${disk}/queue/rotational`, 'utf8').trim() === '1';
    return { kind: isRotating ? 'rotating' : 'solid-state', device: basename(target) };
  } catch {
    return { kind: 'unknown', device: null };
  }
}

function hasQueue(path: string): boolean {
  return statSync(`${path}/queue`, { throwIfNoEntry: false }) !== undefined;
}
