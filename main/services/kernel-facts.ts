import { readFileSync, realpathSync, statSync } from 'node:fs';
import { availableParallelism, release } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { KernelFacts } from '../../shared/model/kernel-advice.ts';
import { hasDmCrypt } from '../mount/kernel-device.ts';
import { kernelVersion } from '../system/kernel-release.ts';
import { inspectContainer } from './inspect-container.ts';

/**
 * Gathers what the choice of dm-crypt's flags depends on. Reads files of the system only.
 *
 * @param path - Of the container.
 * @throws FormatError, UnsupportedError or DeviceError where its header cannot be read.
 */
export function readKernelFacts(path: string): KernelFacts {
  const { segments } = inspectContainer(path);
  const disk = diskBelow(path);
  return {
    kernelRelease: process.platform === 'linux' ? release() : null,
    kernel: kernelVersion(),
    hasDmCrypt: hasDmCrypt(),
    processors: availableParallelism(),
    isAesAccelerated: isAesAccelerated(),
    isFile: !statSync(path).isBlockDevice(),
    disk: disk === null ? null : basename(disk),
    isRotational: readFlag(disk, 'queue/rotational'),
    isZoned: readZoned(disk),
    cipher: segments[0]?.encryption ?? null,
    sectorBytes: segments[0]?.sectorBytes ?? null,
  };
}

/**
 * Returns the folder in `/sys` of the whole disk that a file lies on, or a device is part of; `null`
 * where none is known.
 */
function diskBelow(path: string): string | null {
  const number = blockNumberOf(path);
  if (number === null) return null;
  try {
    const device = realpathSync(`/sys/dev/block/${number}`);
    // A partition lies in the folder of its disk, which has the queue.
    return readText(join(device, 'partition')) === '' ? device : dirname(device);
  } catch {
    return null; // of no block device
  }
}

/** `major:minor` of the device below a file, also where its filesystem has a number of its own. */
function blockNumberOf(path: string): string | null {
  const stats = statSync(path, { bigint: true });
  if (stats.isBlockDevice()) return deviceNumber(stats.rdev);
  const number = deviceNumber(stats.dev);
  if (!number.startsWith('0:')) return number;
  for (const line of readText('/proc/self/mountinfo').split('\n')) {
    const [, , own] = line.split(' ');
    const source = line.slice(line.indexOf(' - ') + 3).split(' ')[1] ?? '';
    if (own !== number || !source.startsWith('/dev/')) continue;
    const stat = statSync(source, { bigint: true, throwIfNoEntry: false });
    if (stat !== undefined) return deviceNumber(stat.rdev);
  }
  return null;
}

/** Decodes a device number of 64 bits. @see makedev(3) */
function deviceNumber(device: bigint): string {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn);
  const minor = (device & 0xffn) | ((device >> 12n) & 0xffffff00n);
  return `${major}:${minor}`;
}

function readFlag(disk: string | null, attribute: string): boolean | null {
  const text = disk === null ? '' : readText(join(disk, attribute));
  return text === '' ? null : text === '1';
}

function readZoned(disk: string | null): boolean | null {
  const text = disk === null ? '' : readText(join(disk, 'queue/zoned'));
  return text === '' ? null : text !== 'none';
}

/** By what the processor says it can, and else by a driver of XTS-AES that is not the generic one. */
function isAesAccelerated(): boolean | null {
  const processor = readText('/proc/cpuinfo');
  if (processor === '') return null;
  if (/^(?:flags|Features)\s*:.*\baes\b/m.test(processor)) return true;
  const drivers = [...readText('/proc/crypto').matchAll(/^driver\s*: (\S*aes\S*)$/gm)];
  return drivers.some(([, driver = '']) => !driver.includes('generic') && driver.includes('xts'));
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return ''; // not there, which is the answer
  }
}
