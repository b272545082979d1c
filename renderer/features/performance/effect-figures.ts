import { toHistoryPoint } from '../../../shared/history-point.ts';
import { MIB } from '../../../shared/units.ts';
import type { EngineMark, Stretch } from '../../live/vault-series.ts';
import { type StageTimes, stageTimes } from './live-figures.ts';

/** Figures whose change a person wants to see; rates per second, waits in microseconds. */
export const EFFECT_FIGURES = [
  'readBytes',
  'readP50',
  'readP99',
  'writeBytes',
  'writeP50',
  'writeP99',
  'cpuPerMib',
] as const;
export type EffectFigure = (typeof EFFECT_FIGURES)[number];

export type EffectRow = Readonly<{
  figure: EffectFigure;
  before: number | null;
  after: number | null;
  /** Null where one of both is not known, or there was nothing before. */
  percent: number | null;
  verdict: 'better' | 'worse' | 'same';
}>;

type Side = Readonly<Record<EffectFigure, number | null>>;

/** Changes below this are noise. */
const SAME_PERCENT = 3;
/** Of these more is better, of all others less. */
const RATES: readonly EffectFigure[] = ['readBytes', 'writeBytes'];

/** Returns what a change of the engine did; null where there was no traffic on one of both sides. */
export function toEffect({ stretchBefore, stretchAfter }: EngineMark): readonly EffectRow[] | null {
  const [before, after] = [toSide(stretchBefore), toSide(stretchAfter)];
  if (before === null || after === null) return null;
  const rows = EFFECT_FIGURES.map((figure) => toRow(figure, before[figure], after[figure]));
  return rows.filter((row) => (row.before ?? 0) !== 0 || (row.after ?? 0) !== 0);
}

/** Returns where the time of requests went in a stretch, by direction. */
export function stretchStages(
  stretch: Stretch | null,
): Readonly<Record<'read' | 'write', StageTimes | null>> {
  if (stretch === null) return { read: null, write: null };
  const { from, to } = stretch;
  return { read: stageTimes(from.read, to.read), write: stageTimes(from.write, to.write) };
}

function toSide(stretch: Stretch | null): Side | null {
  if (stretch === null || stretch.from.atMs >= stretch.to.atMs) return null;
  const point = toHistoryPoint(stretch.from, stretch.to);
  if (point.readRequests + point.writeRequests === 0) return null;
  const movedMib = (point.readBytes + point.writtenBytes) / MIB;
  const seconds = point.spanMs / 1000;
  return {
    readBytes: point.readBytes / seconds,
    readP50: point.read?.p50 ?? null,
    readP99: point.read?.p99 ?? null,
    writeBytes: point.writtenBytes / seconds,
    writeP50: point.write?.p50 ?? null,
    writeP99: point.write?.p99 ?? null,
    // Microseconds of processor time for each MiB.
    cpuPerMib: movedMib === 0 ? null : (point.cpu * point.spanMs * 1000) / movedMib,
  };
}

function toRow(figure: EffectFigure, before: number | null, after: number | null): EffectRow {
  if (before === null || after === null || before === 0) {
    return { figure, before, after, percent: null, verdict: 'same' };
  }
  const percent = (after / before - 1) * 100;
  const isMore = percent > 0;
  const verdict =
    Math.abs(percent) < SAME_PERCENT
      ? 'same'
      : isMore === RATES.includes(figure)
        ? 'better'
        : 'worse';
  return { figure, before, after, percent, verdict };
}
