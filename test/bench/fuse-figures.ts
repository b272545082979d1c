import { execFileSync } from 'node:child_process';
import type { Figure } from './measure.ts';

const KIB_PER_MIB = 1024;

type FioDirection = Readonly<{ bw: number; iops: number }>;
type FioReport = Readonly<{
  jobs: readonly Readonly<{ read: FioDirection; write: FioDirection }>[];
}>;

const JOBS = [
  { pattern: 'sequential 1 MiB', size: '1M', rw: { read: 'read', write: 'write' } },
  { pattern: 'random 4 KiB', size: '4k', rw: { read: 'randread', write: 'randwrite' } },
] as const;

/** Runs fio on a mounted vault: direct I/O, one job, depth 1. */
export function measureMount(mountPoint: string, rounds: number): Figure[] {
  return JOBS.flatMap(({ pattern, size, rw }) =>
    (['write', 'read'] as const).map((direction) => {
      const runs = Array.from({ length: rounds }, () =>
        runFio(mountPoint, size, rw[direction], direction),
      );
      const sorted = runs.toSorted((a, b) => a.bw - b.bw);
      const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))];
      const toMib = (run: FioDirection | undefined) => (run?.bw ?? 0) / KIB_PER_MIB;
      return {
        layer: 'FUSE mount',
        pattern,
        direction,
        mibPerSecond: toMib(at(0.5)),
        operationsPerSecond: at(0.5)?.iops ?? 0,
        p5: toMib(at(0.05)),
        p95: toMib(at(0.95)),
      };
    }),
  );
}

function runFio(
  mountPoint: string,
  blockSize: string,
  pattern: string,
  direction: 'read' | 'write',
): FioDirection {
  const output = execFileSync(
    'fio',
    [
      '--name=bench',
      `--filename=${mountPoint}/bench`,
      '--size=256M',
      `--rw=${pattern}`,
      `--bs=${blockSize}`,
      '--direct=1',
      '--ioengine=psync',
      '--runtime=2',
      '--time_based',
      '--output-format=json',
    ],
    { encoding: 'utf8' },
  );
  const job = (JSON.parse(output) as FioReport).jobs[0];
  if (job === undefined) throw new Error('fio reported no job');
  return job[direction];
}
