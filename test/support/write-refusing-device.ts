import type { BlockDevice } from '../../main/block/block-device.ts';

/** Passes reads on and fails on anything that could change the device: proof that a look only looks. */
export function refuseWrites(device: BlockDevice): BlockDevice {
  const refuse = (): never => {
    throw new Error('a look wrote to the container');
  };
  return {
    sizeBytes: device.sizeBytes,
    isReadOnly: false,
    granularityBytes: device.granularityBytes,
    readInto: (offsetBytes, target) => device.readInto(offsetBytes, target),
    writeFrom: refuse,
    flush: refuse,
    discard: refuse,
    [Symbol.dispose]: () => undefined,
  };
}
