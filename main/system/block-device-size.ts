import { koffiBuffer } from './koffi-buffer.ts';
import { libcFunction } from './libc.ts';

/** From linux/fs.h: `_IOR(0x12, 114, size_t)`. */
const BLKGETSIZE64 = 0x80081272;

type Ioctl = (fd: number, request: number, type: 'void *', target: unknown) => number;
let ioctl: Ioctl | undefined;

/** Returns the size of an open block device in bytes, or `null` where the system does not tell. */
export function blockDeviceSize(fd: number): number | null {
  if (process.platform !== 'linux') return null;
  ioctl ??= libcFunction<Ioctl>('int ioctl(int fd, unsigned long request, ...)');
  const size = koffiBuffer(8);
  if (ioctl(fd, BLKGETSIZE64, 'void *', size.pointer) !== 0) return null;
  return Number(size.view.getBigUint64(0, true));
}
