import { readdirSync, readFileSync, type Stats, statSync } from 'node:fs';

const BLOCK_DEVICES = '/sys/block';

/**
 * Tells whether a loop device that may write has a file open: cryptsetup or the kernel serves it
 * then, and takes none of the locks that would show it. A file that this process cannot see by the
 * name under which it was attached is not found.
 *
 * @see Linux, Documentation/ABI/testing/sysfs-block-loop
 */
export function isLoopAttached({ dev, ino }: Pick<Stats, 'dev' | 'ino'>): boolean {
  if (process.platform !== 'linux') return false;
  return loopDevices().some((name) => {
    const path = readAttribute(name, 'loop/backing_file');
    if (path === undefined || readAttribute(name, 'ro') === '1') return false;
    const backing = statIfThere(path);
    return backing?.dev === dev && backing.ino === ino;
  });
}

function loopDevices(): readonly string[] {
  try {
    return readdirSync(BLOCK_DEVICES).filter((name) => name.startsWith('loop'));
  } catch {
    return []; // no /sys here: then nobody can tell
  }
}

/** Returns an attribute without its line end; `undefined` where the device has none: it is free. */
function readAttribute(device: string, attribute: string): string | undefined {
  try {
    return readFileSync(`${BLOCK_DEVICES}/${device}/${attribute}`, 'utf8').replace(/\n$/, '');
  } catch {
    return undefined;
  }
}

function statIfThere(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined; // not for this user to see
  }
}
