import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { PlaceInfo } from '../../shared/model/place.ts';
import { toDeviceError } from '../system/device-errors.ts';

/**
 * Returns the space where a file would be made, and whether it exists already.
 *
 * @throws DeviceError `file-missing` where its folder does not exist.
 */
export function placeInfo(path: string): PlaceInfo {
  try {
    const stats = statfsSync(dirname(path));
    return {
      freeBytes: stats.bavail * stats.bsize,
      totalBytes: stats.blocks * stats.bsize,
      exists: existsSync(path),
    };
  } catch (error) {
    throw toDeviceError(error, 'statfs', 0);
  }
}
