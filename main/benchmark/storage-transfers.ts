import type { BenchmarkRow } from '../../shared/model/benchmark.ts';
import type { BlockDevice } from '../block/block-device.ts';
import type { AsyncIo, AsyncRequest } from '../system/async-io.ts';
import { deviceErrorOfErrno } from '../system/device-errors.ts';
import type { Subject } from './measure-rates.ts';

/** Of ten requests of a mix the first seven read. */
const MIX_OF = 10;
const MIX_READS = 7;

/** What is moved in a test of storage. */
export type Transfer = Readonly<{
  /** Null: of a mix. */
  direction: BenchmarkRow['direction'];
  requestBytes: number;
  depth: number;
  /** Where the next request goes. */
  next: () => number;
  /** Room for so many requests side by side as the depth says. */
  read: Buffer;
  /** For one request; all write from it. */
  write: Buffer;
}>;

/** Returns a subject whose run is as many requests as the depth says, one after the other. */
export function transfersInTurn(
  device: Pick<BlockDevice, 'readInto' | 'writeFrom'>,
  transfer: Transfer,
): Subject {
  const { requestBytes, depth, next } = transfer;
  const isRead = turnsOf(transfer.direction);
  const target = transfer.read.subarray(0, requestBytes);
  const source = transfer.write.subarray(0, requestBytes);
  return {
    run: () => {
      for (let request = 0; request < depth; request += 1) {
        if (isRead()) device.readInto(next(), target);
        else device.writeFrom(next(), source);
      }
    },
  };
}

/** Returns a subject that always keeps as many requests under way as the depth says. */
export function transfersAtDepth(io: AsyncIo, fd: number, transfer: Transfer): Subject {
  const { requestBytes, depth, next, read, write } = transfer;
  const isRead = turnsOf(transfer.direction);
  const operation = transfer.direction === 'read' ? 'read' : 'write';
  const source = write.subarray(0, requestBytes);
  const targets = Array.from({ length: depth }, (_, slot) =>
    read.subarray(slot * requestBytes, (slot + 1) * requestBytes),
  );
  const request = (slot: number): readonly [number, AsyncRequest] => {
    const target = targets[slot];
    return target !== undefined && isRead()
      ? [slot, { direction: 'read', fd, view: target, offsetBytes: next() }]
      : [slot, { direction: 'write', fd, view: source, offsetBytes: next() }];
  };
  const submit = (slots: readonly number[]) => {
    const errno = io.submit(slots.map(request));
    if (errno !== 0) throw deviceErrorOfErrno(errno, operation, 0);
  };
  const reap = (): readonly number[] =>
    io.wait().map(({ slot, result }) => {
      if (result !== requestBytes) throw deviceErrorOfErrno(Math.max(0, -result), operation, 0);
      return slot;
    });
  return {
    rate: (durationMs) => {
      const startMs = performance.now();
      submit(targets.map((_, slot) => slot));
      let done = 0;
      let elapsedMs = 0;
      while (elapsedMs < durationMs) {
        const ended = reap();
        done += ended.length;
        submit(ended);
        elapsedMs = performance.now() - startMs;
      }
      for (let left = depth; left > 0; ) left -= reap().length;
      return (done * 1000) / elapsedMs;
    },
  };
}

/** Tells of one request after another whether it reads. */
function turnsOf(direction: Transfer['direction']): () => boolean {
  if (direction !== null) return () => direction === 'read';
  let turn = 0;
  return () => {
    turn = (turn + 1) % MIX_OF;
    return turn < MIX_READS;
  };
}
