import type { BlockDevice } from '../../main/block/block-device.ts';
import { MemoryDevice } from '../../main/block/memory-device.ts';
import { DeviceError } from '../../shared/errors/vault-error.ts';

/** What a device below was asked to do, in order. */
export type DeviceEvent =
  | Readonly<{ type: 'write'; offsetBytes: number; bytes: Uint8Array }>
  | Readonly<{ type: 'flush' }>
  | Readonly<{ type: 'discard'; offsetBytes: number; lengthBytes: number }>;

/** A memory device that records writes and flushes, and fails where a test says so. */
export class FaultDevice implements BlockDevice {
  readonly sizeBytes: number;
  readonly isReadOnly = false;
  readonly granularityBytes = 1;
  readonly memory: MemoryDevice;
  readonly events: DeviceEvent[] = [];
  reserve?: (offsetBytes: number, lengthBytes: number) => void;
  /** Called before each operation; what it throws is the operation's outcome. */
  onOperation: (operation: 'read' | 'write' | 'flush', offsetBytes: number) => void = () => {};

  constructor(sizeBytes: number) {
    this.sizeBytes = sizeBytes;
    this.memory = new MemoryDevice(new Uint8Array(sizeBytes));
  }

  readInto(offsetBytes: number, target: Uint8Array): void {
    this.onOperation('read', offsetBytes);
    this.memory.readInto(offsetBytes, target);
  }

  writeFrom(offsetBytes: number, source: Uint8Array): void {
    this.onOperation('write', offsetBytes);
    this.events.push({ type: 'write', offsetBytes, bytes: Uint8Array.from(source) });
    this.memory.writeFrom(offsetBytes, source);
  }

  flush(): void {
    this.onOperation('flush', 0);
    this.events.push({ type: 'flush' });
  }

  discard(offsetBytes: number, lengthBytes: number): void {
    this.events.push({ type: 'discard', offsetBytes, lengthBytes });
    this.memory.discard(offsetBytes, lengthBytes);
  }

  [Symbol.dispose](): void {}
}

/** The error of a host that has no space left. */
export function noSpace(offsetBytes: number): DeviceError {
  return new DeviceError('no-space', { errno: 'ENOSPC', offsetBytes });
}
