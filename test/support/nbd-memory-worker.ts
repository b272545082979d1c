/** Serves a device in shared memory by NBD, in a thread of its own: the server's tests talk to it. */
import { parentPort, workerData } from 'node:worker_threads';
import { MemoryDevice } from '../../main/block/memory-device.ts';
import { Arena } from '../../main/bytes/arena.ts';
import { startListening } from '../../main/mount/nbd/nbd-listen.ts';
import { NBD_ARENA_BYTES, serveNbd } from '../../main/mount/nbd/nbd-server.ts';
import { DeviceError } from '../../shared/errors/vault-error.ts';
import { FAULTS, type NbdMemoryData } from './nbd-memory-server.ts';

/** Fails where the test says so, counts flushes, and leaves other bytes in what it wrote. */
class TestDevice extends MemoryDevice {
  readonly #faults: Float64Array;

  constructor(data: NbdMemoryData) {
    super(new Uint8Array(data.bytes), data.isReadOnly);
    this.#faults = data.faults;
  }

  override readInto(offsetBytes: number, target: Uint8Array): void {
    this.#fail(FAULTS.readAt, offsetBytes, target.length, 'io-error');
    super.readInto(offsetBytes, target);
  }

  override writeFrom(offsetBytes: number, source: Uint8Array): void {
    this.#fail(FAULTS.writeAt, offsetBytes, source.length, 'no-space');
    super.writeFrom(offsetBytes, source);
    source.fill(0xee);
  }

  override flush(): void {
    this.#faults[FAULTS.flushes] = (this.#faults[FAULTS.flushes] ?? 0) + 1;
    if (this.#faults[FAULTS.flush] === 1) throw new DeviceError('io-error', {});
  }

  #fail(fault: number, offset: number, length: number, code: 'io-error' | 'no-space'): void {
    const at = this.#faults[fault] ?? -1;
    if (at >= offset && at < offset + length) throw new DeviceError(code, { offsetBytes: at });
  }
}

const data = workerData as NbdMemoryData; // `serveMemoryByNbd` is the only caller
const arena = new Arena(NBD_ARENA_BYTES);
startListening(data.listeners);
parentPort?.postMessage('listening');
serveNbd({
  served: {
    device: new TestDevice(data),
    description: 'memory',
    isReadOnly: data.isReadOnly,
    canTrim: data.canTrim,
  },
  listeners: data.listeners,
  allocate: (lengthBytes) => arena.allocate(lengthBytes),
  control: data.control,
  counters: data.counters,
});
const zeros = Buffer.alloc(65_536);
let isWiped = true;
for (let at = 0; at < arena.bytes.length; at += zeros.length) {
  isWiped &&= zeros.equals(arena.bytes.subarray(at, at + zeros.length));
}
parentPort?.postMessage(isWiped ? 'wiped' : 'dirty');
