import { execFileSync } from 'node:child_process';

/** One job of fio. */
export type FioJob = Readonly<{
  /** `rw`: half of the requests each way. */
  rw: 'read' | 'write' | 'randread' | 'randwrite' | 'rw';
  blockSize: string;
  depth: number;
  isDirect: boolean;
  sizeMib: number;
  seconds: number;
}>;

/** Where a job runs: a file of a mount, or an NBD export. */
export type FioTarget = Readonly<{ file: string } | { uri: string }>;

export type FioOutcome = Readonly<{
  mibPerSecond: number;
  iops: number;
  p50Us: number;
  p99Us: number;
}>;

type Direction = Readonly<{
  bw_bytes: number;
  iops: number;
  clat_ns: Readonly<{ percentile?: Readonly<Record<string, number>> }>;
}>;

const MIB = 1024 * 1024;

/** Runs one job and returns what fio says of it. */
export function runFio(job: FioJob, target: FioTarget): FioOutcome {
  const place =
    'uri' in target
      ? ['--ioengine=nbd', `--uri=${target.uri}`]
      : [`--filename=${target.file}`, job.depth === 1 ? '--ioengine=psync' : '--ioengine=libaio'];
  const output = execFileSync(
    'fio',
    [
      '--name=peer',
      // As a process, a job has a session of its own.
      '--thread',
      ...place,
      `--rw=${job.rw}`,
      `--bs=${job.blockSize}`,
      `--iodepth=${job.depth}`,
      `--direct=${job.isDirect ? 1 : 0}`,
      `--size=${job.sizeMib}M`,
      `--runtime=${Math.round(job.seconds * 1000)}ms`,
      '--time_based',
      '--output-format=json',
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const report = JSON.parse(output.slice(output.indexOf('{'))) as {
    jobs: readonly Readonly<{ read: Direction; write: Direction }>[];
  };
  const [result] = report.jobs;
  if (result === undefined) throw new Error('fio reported no job');
  const { read, write } = result;
  const moved = job.rw === 'rw' ? [read, write] : [job.rw.endsWith('read') ? read : write];
  const sum = (of: (direction: Direction) => number) =>
    moved.reduce((total, direction) => total + of(direction), 0);
  const percentile = (name: string) =>
    Math.max(...moved.map(({ clat_ns }) => clat_ns.percentile?.[name] ?? 0)) / 1000;
  return {
    mibPerSecond: sum(({ bw_bytes }) => bw_bytes) / MIB,
    iops: sum(({ iops }) => iops),
    p50Us: percentile('50.000000'),
    p99Us: percentile('99.000000'),
  };
}
