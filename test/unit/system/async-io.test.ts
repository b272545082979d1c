import { randomBytes } from 'node:crypto';
import { closeSync, ftruncateSync, openSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Arena } from '../../../main/bytes/arena.ts';
import { AsyncIo } from '../../../main/system/async-io.ts';
import { KIB } from '../../../shared/units.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const DEPTH = 8;
const REQUEST_BYTES = 4 * KIB;
const EBADF = 9;

describe.skipIf(process.platform !== 'linux')('AsyncIo', () => {
  const prepare = () => {
    const buffer = new Arena(2 * DEPTH * REQUEST_BYTES).allocate(DEPTH * REQUEST_BYTES, 4 * KIB);
    const views = Array.from({ length: DEPTH }, (_, slot) =>
      buffer.subarray(slot * REQUEST_BYTES, (slot + 1) * REQUEST_BYTES),
    );
    return { buffer, views };
  };
  /** Hands one request over in each slot, and returns how they ended, by slot. */
  const runAll = (
    io: AsyncIo,
    direction: 'read' | 'write',
    fd: number,
    views: readonly Buffer[],
  ) => {
    const requests = views.map(
      (view, slot) =>
        [slot, { direction, fd, view, offsetBytes: (DEPTH - 1 - slot) * REQUEST_BYTES }] as const,
    );
    const errno = io.submit(requests);
    const results = new Map<number, number>();
    while (errno === 0 && results.size < views.length) {
      for (const { slot, result } of io.wait()) results.set(slot, result);
    }
    return { errno, results: [...results].toSorted(([a], [b]) => a - b).map(([, r]) => r) };
  };

  it('moves every request to and from its own place, several at a time', () => {
    using folder = temporaryFolder();
    using io = AsyncIo.open(DEPTH);
    if (io === null) throw new Error('this kernel has no io_submit');
    const path = folder.file('file');
    const fd = openSync(path, 'w+');
    ftruncateSync(fd, DEPTH * REQUEST_BYTES);
    const { buffer, views } = prepare();
    const content = randomBytes(buffer.length);
    buffer.set(content);
    const whole = { errno: 0, results: views.map(() => REQUEST_BYTES) };
    expect(runAll(io, 'write', fd, views)).toEqual(whole);
    const expected = Buffer.concat([...views].reverse());
    expect(readFileSync(path).equals(expected)).toBe(true);
    buffer.fill(0);
    expect(runAll(io, 'read', fd, views)).toEqual(whole);
    expect(buffer.equals(content)).toBe(true);
    closeSync(fd);
  });

  it('tells how many bytes came at the end of a file, and why a request was not taken', () => {
    using folder = temporaryFolder();
    using io = AsyncIo.open(1);
    if (io === null) throw new Error('this kernel has no io_submit');
    const fd = openSync(folder.file('file'), 'w+');
    ftruncateSync(fd, 100);
    const [view] = prepare().views;
    if (view === undefined) throw new Error('no view');
    expect(io.submit([[0, { direction: 'read', fd, view, offsetBytes: 0 }]])).toBe(0);
    expect(io.wait()).toEqual([{ slot: 0, result: 100 }]);
    closeSync(fd);
    expect(io.submit([[0, { direction: 'read', fd: 999, view, offsetBytes: 0 }]])).toBe(EBADF);
  });
});
