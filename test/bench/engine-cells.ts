/**
 * `npm run bench:cells`: is `auto` ever slower than the better of its arms, over a real transport
 * with requests in flight? One vault on tmpfs is served over NBD; fio asks for requests of each size
 * and depth, and the engine is changed live between its runs, as `lockline tune` does: inline,
 * threaded, auto and inline once more in turn, round by round. Two cells are those of others: the
 * mixed 4 KiB at depth 1 of Cloudflare's post, and the 4 MiB at depth 16 with which Murata answered.
 *
 * A request of more than 256 KiB is served in pieces of that size, and fio takes a processor of its
 * own: with two there is none idle while it has something to do.
 *
 * `--json`, `--quick`, `--rounds N`, `--ms N` (of a run), `--provider P`, and lists with commas to
 * choose cells: `--loads`, `--directions`, `--sizes` (KiB), `--depths`, `--no-famous`.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { requireSession } from '../../main/services/open-sessions.ts';
import { callSession } from '../../main/session/control-client.ts';
import type { SessionDescription } from '../../main/session/session-description.ts';
import { engineChangesSchema } from '../../shared/model/engine.ts';
import { formatSize, KIB } from '../../shared/units.ts';
import { requireTool } from '../support/require-tool.ts';
import { createLockline } from '../support/run-lockline.ts';
import {
  type ArmFigures,
  type ArmName,
  armsOf,
  compareArms,
  FIGURES_HEADING,
  formatFigures,
  formatSummary,
  type Run,
  startLoad,
} from './arms.ts';
import { OtherPrograms } from './other-programs.ts';
import { type FioJob, type FioTarget, runFio } from './peers/fio-job.ts';
import { locklineNbd } from './peers/peer.ts';

const AREA_MIB = 256;
/** What auto has to learn a cell: it must be there within two seconds. */
const WARM_UP_MS = 1500;

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean' },
    quick: { type: 'boolean' },
    rounds: { type: 'string' },
    ms: { type: 'string' },
    provider: { type: 'string', default: 'native' },
    loads: { type: 'string', default: 'idle,busy' },
    directions: { type: 'string', default: 'read,write' },
    sizes: { type: 'string', default: '4,64,256,1024,4096' },
    depths: { type: 'string', default: '1,4,32' },
    'no-famous': { type: 'boolean' },
  },
});
const isQuick = options.quick === true;
const rounds = Number(options.rounds ?? (isQuick ? 3 : 7));
const runMs = Number(options.ms ?? (isQuick ? 200 : 400));

let disturbedRounds = 0;

type CellKey = Readonly<{ name: string; rw: FioJob['rw']; requestBytes: number; depth: number }>;
type Cell = CellKey &
  ArmFigures &
  Readonly<{
    load: string;
    /** Share of the requests that were split while auto was in force. */
    splitShare: number;
  }>;
type Served = Readonly<{ session: SessionDescription; target: FioTarget }>;

function listCells(): readonly CellKey[] {
  const numbers = (list: string) => list.split(',').map(Number);
  const wanted = options.directions.split(',');
  const cells = (['read', 'write'] as const)
    .filter((rw) => wanted.includes(rw))
    .flatMap((rw) =>
      numbers(options.sizes).flatMap((size) =>
        numbers(options.depths).map((depth) => ({ name: '', rw, requestBytes: size * KIB, depth })),
      ),
    );
  if (options['no-famous'] === true) return cells;
  const murata = { name: 'Murata', requestBytes: 4096 * KIB, depth: 16 };
  return [
    ...cells,
    { name: 'Cloudflare', rw: 'rw', requestBytes: 4 * KIB, depth: 1 },
    { ...murata, rw: 'read' },
    { ...murata, rw: 'write' },
  ];
}

function run({ target }: Served, { rw, requestBytes, depth }: CellKey, durationMs = runMs): Run {
  return runFio(
    {
      rw,
      blockSize: String(requestBytes),
      depth,
      isDirect: true,
      sizeMib: AREA_MIB,
      seconds: durationMs / 1000,
    },
    target,
  );
}

/** Changes the engine; the other direction keeps the crypto workers, which `inline` alone would end. */
async function use({ session }: Served, { rw }: CellKey, arm: ArmName): Promise<void> {
  const mode = arm === 'again' ? 'inline' : arm;
  const changes =
    rw === 'rw'
      ? { read: mode, write: mode }
      : { read: 'threaded', write: 'threaded', [rw.endsWith('read') ? 'read' : 'write']: mode };
  await callSession(session, { verb: 'tune', changes: engineChangesSchema.parse(changes) });
}

async function countSplit({ session }: Served): Promise<Readonly<{ all: number; split: number }>> {
  const { statistics } = await callSession(session, { verb: 'status' });
  const directions = [statistics?.read, statistics?.write];
  const sum = (name: 'requests' | 'split') =>
    directions.reduce((total, direction) => total + (direction?.[name] ?? 0), 0);
  return { all: sum('requests'), split: sum('split') };
}

type Outcome = Readonly<{ arm: ArmName; run: Run; all: number; split: number }>;

async function runArm(served: Served, key: CellKey, arm: ArmName): Promise<Outcome> {
  await use(served, key, arm);
  const before = await countSplit(served);
  const outcome = run(served, key);
  const after = await countSplit(served);
  return { arm, run: outcome, all: after.all - before.all, split: after.split - before.split };
}

async function runRound(served: Served, key: CellKey, round: number): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const arm of armsOf(round)) outcomes.push(await runArm(served, key, arm));
  return outcomes;
}

async function runCell(
  served: Served,
  key: CellKey,
  others: OtherPrograms,
): Promise<ArmFigures & Pick<Cell, 'splitShare'>> {
  const runs: Record<ArmName, Run[]> = { inline: [], threaded: [], auto: [], again: [] };
  let [all, split] = [0, 0];
  await use(served, key, 'auto');
  run(served, key, WARM_UP_MS);
  for (let round = 0; round < rounds; round += 1) {
    for (const outcome of await others.calm(() => runRound(served, key, round))) {
      runs[outcome.arm].push(outcome.run);
      if (outcome.arm !== 'auto') continue;
      all += outcome.all;
      split += outcome.split;
    }
  }
  return { ...compareArms(runs), splitShare: split / Math.max(1, all) };
}

function toRow(cell: Cell): string {
  return [
    cell.load.padEnd(5),
    cell.rw.padEnd(6),
    formatSize(cell.requestBytes).padEnd(8),
    String(cell.depth).padEnd(5),
    formatFigures(cell),
    `${(100 * cell.splitShare).toFixed(0)} %`.padStart(5),
    cell.name,
  ].join(' ');
}

async function measureAll(path: string): Promise<readonly Cell[]> {
  const folder = {
    path,
    file: (name: string) => `${path}/${name}`,
    [Symbol.dispose]: () => {},
  };
  await using lockline = createLockline(folder);
  process.env['XDG_RUNTIME_DIR'] = lockline.environment['XDG_RUNTIME_DIR'];
  const { target, stop } = await locklineNbd(lockline);
  const session = requireSession(lockline.folder.file('nbd-vault'));
  const served = { session, target };
  const changes = engineChangesSchema.parse({ provider: options.provider });
  await callSession(session, { verb: 'tune', changes });
  // Every page of the file is there before anything is measured.
  runFio(
    { rw: 'write', blockSize: '1M', depth: 4, isDirect: true, sizeMib: AREA_MIB, seconds: 1 },
    target,
  );
  const cells: Cell[] = [];
  for (const load of options.loads.split(',')) {
    using running = await startLoad(load);
    const others = new OtherPrograms(load, [session.processId, ...running.processes]);
    for (const key of listCells())
      cells.push({ load, ...key, ...(await runCell(served, key, others)) });
    disturbedRounds += others.disturbedRounds;
  }
  await stop();
  return cells;
}

if (!requireTool('fio', 'fio')) throw new Error('fio is needed: apt-get install fio');
const base = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const path = mkdtempSync(`${base}/lockline-cells-`);
try {
  const cells = await measureAll(path);
  const heading = `load  way    size     depth ${FIGURES_HEADING} split`;
  const text = [heading, ...cells.map(toRow), '', formatSummary(cells, disturbedRounds)].join('\n');
  const { provider } = options;
  process.stdout.write(
    `${options.json === true ? JSON.stringify({ provider, cells, rounds, runMs, disturbedRounds }, null, 2) : text}\n`,
  );
} finally {
  rmSync(path, { recursive: true, force: true });
}
