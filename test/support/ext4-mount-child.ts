import { writeSync } from 'node:fs';
import { BlockCache } from '../../main/block/block-cache.ts';
import { FileDevice } from '../../main/block/file-device.ts';
import { Arena } from '../../main/bytes/arena.ts';
import { mountExt4 } from '../../main/filesystem/ext4/mount-ext4.ts';
import { connectFuse } from '../../main/mount/fuse/fuse-connection.ts';
import { serveFuse } from '../../main/mount/fuse/fuse-loop.ts';
import { createLoopControl } from '../../main/mount/loop-control.ts';
import { mountedVolumeArenaBytes } from '../../main/session/volume-stack.ts';
import { DEFAULT_CACHE_BYTES } from '../../shared/model/volume-memory.ts';

/**
 * A process of its own that serves an ext4 image on a folder until it is unmounted, through the
 * layers of a mounted vault but the encryption. Prints `ready`, and at the end `faults N`.
 */

const [image = '', mountPoint = ''] = process.argv.slice(2);
const WRITE_BACK_MS = 5_000;

using device = FileDevice.open(image, { isReadOnly: false });
const arena = new Arena(mountedVolumeArenaBytes(DEFAULT_CACHE_BYTES));
using cache = new BlockCache(device, arena, DEFAULT_CACHE_BYTES);
using fileSystem = mountExt4(cache, { type: 'ext4', isReadOnly: false });
let faults = 0;
{
  using connection = connectFuse({ mountPoint, isReadOnly: false, volumeName: 'ext4' });
  serveFuse(connection, fileSystem, {
    allocate: (lengthBytes, alignBytes) => arena.allocate(lengthBytes, alignBytes),
    control: createLoopControl(),
    onReady: () => writeSync(1, 'ready\n'),
    onFault: (error) => {
      faults += 1;
      writeSync(2, `${error instanceof Error ? error.stack : String(error)}\n`);
    },
    background: { everyMs: WRITE_BACK_MS, run: () => fileSystem.sync() },
  });
}
writeSync(1, `faults ${faults}\n`);
