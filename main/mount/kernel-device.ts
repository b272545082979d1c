import { existsSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { release } from 'node:os';
import { basename } from 'node:path';
import type { KernelMount } from '../../shared/model/backend.ts';
import { deviceErrorOfErrno } from '../system/device-errors.ts';
import { lastErrno, libcFunction } from '../system/libc.ts';

/** What everybody may read of a mapping in `/sys/block`, without root. */

/** Unit of the counters in `stat`, whatever the device's own sectors are. */
const STAT_SECTOR_BYTES = 512;

/** Since the mapping was made; requests as the block layer merged them. */
export type DeviceTraffic = Readonly<{
  readBytes: number;
  writtenBytes: number;
  readRequests: number;
  writeRequests: number;
}>;

/** Tells whether the kernel has dm-crypt, loaded or to be loaded. Reads files only. */
export function hasDmCrypt(): boolean {
  if (process.platform !== 'linux') return false;
  if (existsSync('/sys/module/dm_crypt')) return true;
  const folder = `/lib/modules/${release()}`;
  return ['modules.builtin', 'modules.dep'].some((name) =>
    /^\S*\/dm-crypt\.ko/m.test(readText(`${folder}/${name}`)),
  );
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // not there, which is the answer
  }
}

/** Tells whether a mapping is still there, under its own device. */
export function hasMapping({ device, mapping }: KernelMount): boolean {
  return readAttribute(device, 'dm/name') === mapping;
}

/** Returns what went through a mapping; zeros where it is gone. @see Linux, Documentation/block/stat.rst */
export function readTraffic({ device }: KernelMount): DeviceTraffic {
  const fields = readAttribute(device, 'stat').split(/\s+/).map(Number);
  const [readRequests = 0, , readSectors = 0, , writeRequests = 0, , writtenSectors = 0] = fields;
  return {
    readBytes: readSectors * STAT_SECTOR_BYTES,
    writtenBytes: writtenSectors * STAT_SECTOR_BYTES,
    readRequests,
    writeRequests,
  };
}

/** Returns an attribute of a block device, trimmed; the empty string where there is none. */
function readAttribute(device: string, attribute: string): string {
  try {
    return readFileSync(`/sys/block/${basename(device)}/${attribute}`, 'utf8').trim();
  } catch {
    return ''; // gone, which is the answer
  }
}

/**
 * Writes everything that a mounted filesystem holds back. Where it is mounted no more, that is done.
 *
 * @throws DeviceError where it cannot.
 */
export async function syncFilesystem(mountPoint: string): Promise<void> {
  if (!existsSync(mountPoint)) return;
  await using folder = await open(mountPoint, 'r');
  const syncfs = libcFunction<(fd: number) => number>('int syncfs(int fd)');
  await new Promise<void>((resolve, reject) => {
    syncfs.async(folder.fd, (error: unknown, result: number) => {
      if (error) reject(error);
      else if (result === 0) resolve();
      else reject(deviceErrorOfErrno(lastErrno(), 'write', 0));
    });
  });
}
