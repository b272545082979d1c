import type { BenchmarkReport, BenchmarkRow } from '../../../shared/model/benchmark.ts';
import { formatBytes } from '../../i18n/format.ts';

import { t } from '../../i18n/translate.ts';
import { formatMoment } from './format-moment.ts';
import { sayFigure, sayWhat } from './say-figures.ts';

const WIDTH = 1000;
const MARGIN = 28;
const LINE = 24;
const NAME_WIDTH = 400;
const VALUE_WIDTH = 130;
const SCALE = 2;
const HEAD_LINES = 4;
const FONT = 'system-ui, sans-serif';
/** More lines than these make no picture. */
const MOST_LINES = 96;

/** Draws a report as a picture: its figures as bars, each group to a scale of its own. */
export async function drawReport(report: BenchmarkReport): Promise<Blob> {
  const rows = pickRows(report.rows);
  const canvas = document.createElement('canvas');
  const height = MARGIN * 2 + (HEAD_LINES + rows.length) * LINE;
  canvas.width = WIDTH * SCALE;
  canvas.height = height * SCALE;
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('no canvas in this window');
  context.scale(SCALE, SCALE);
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, WIDTH, height);
  drawHead(context, report);
  rows.forEach((row, index) => {
    const highest = Math.max(
      ...rows.filter(({ group }) => group === row.group).map(({ median }) => median),
    );
    drawRow(context, row, MARGIN + (HEAD_LINES + index) * LINE, row.median / highest);
  });
  const { promise, resolve, reject } = Promise.withResolvers<Blob>();
  canvas.toBlob((blob) => (blob === null ? reject(new Error('no picture')) : resolve(blob)));
  return promise;
}

/** What says most in few lines: requests of the largest and smallest size, one at a time. */
function pickRows(rows: readonly BenchmarkRow[]): readonly BenchmarkRow[] {
  const buffer = Math.max(
    ...rows
      .filter(({ group }) => group === 'provider')
      .map(({ requestBytes }) => requestBytes ?? 0),
  );
  return rows
    .filter(({ group, depth }) => group !== 'sweep' && (group !== 'engine' || depth === 1))
    .filter(({ group, requestBytes }) => group !== 'provider' || requestBytes === buffer)
    .slice(0, MOST_LINES);
}

function drawHead(context: CanvasRenderingContext2D, report: BenchmarkReport): void {
  const { machine } = report;
  context.fillStyle = '#1c2024';
  context.textBaseline = 'middle';
  context.font = `600 18px ${FONT}`;
  context.fillText(`Lockline ${report.version}: ${t('benchmark.title')}`, MARGIN, MARGIN + 6);
  context.font = `13px ${FONT}`;
  context.fillStyle = '#57606a';
  const facts = [machine.processor, formatBytes(machine.memoryBytes), machine.system].join(', ');
  const kind = t(report.isQuick ? 'benchmark.quick' : 'benchmark.full');
  context.fillText(facts, MARGIN, MARGIN + LINE + 6);
  context.fillText(`${formatMoment(report.startedMs)}, ${kind}`, MARGIN, MARGIN + 2 * LINE + 2);
}

function drawRow(
  context: CanvasRenderingContext2D,
  row: BenchmarkRow,
  top: number,
  share: number,
): void {
  const middle = top + LINE / 2;
  const track = WIDTH - 2 * MARGIN - NAME_WIDTH - VALUE_WIDTH;
  context.font = `13px ${FONT}`;
  context.fillStyle = '#1c2024';
  context.fillText(sayWhat(row), MARGIN, middle, NAME_WIDTH - 12);
  context.fillStyle = row.isReliable ? '#1d5a96' : '#a9b4bf';
  context.fillRect(MARGIN + NAME_WIDTH, top + 5, Math.max(1, track * share), LINE - 10);
  context.fillStyle = '#1c2024';
  context.textAlign = 'right';
  context.fillText(sayFigure(row), WIDTH - MARGIN, middle);
  context.textAlign = 'left';
}
