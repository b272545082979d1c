import type { BenchmarkRow } from '../../../shared/model/benchmark.ts';
import { formatBytes } from '../../i18n/format.ts';

import { formatRate, formatShort } from '../../i18n/format-rate.ts';
import { t } from '../../i18n/translate.ts';

const MIB = 2 ** 20;

/** Says a figure in its unit; a dash where there is none. */
export function sayFigure(row: BenchmarkRow | undefined): string {
  return row === undefined ? t('performance.none') : sayValue(row.median, row.unit);
}

/** Says a value of a unit. */
export function sayValue(value: number, unit: BenchmarkRow['unit']): string {
  return unit === 'MiB/s' ? formatRate(value * MIB, 'MiB') : `${formatShort(value)} ms`;
}

/** Says from where to where the rounds of a figure went. */
export function saySpread({ p5, p95, deviation }: BenchmarkRow): string {
  return t('benchmark.spread', {
    low: formatShort(p5),
    high: formatShort(p95),
    deviation: formatShort(deviation),
  });
}

/** Says what a figure is of, in one line. */
export function sayWhat(row: BenchmarkRow): string {
  const parts = [
    t(GROUP_TITLES[row.group]),
    sayName(row),
    sayDirection(row),
    row.requestBytes === null ? '' : formatBytes(row.requestBytes),
    row.sectorBytes === null || row.group !== 'provider' ? '' : `/ ${row.sectorBytes}`,
    row.keyBits === null ? '' : `/ ${t('benchmark.keyBits', { bits: row.keyBits })}`,
    row.depth === null || row.depth === 1 ? '' : `× ${row.depth}`,
    row.threads === null ? '' : `${t('benchmark.scaling')} ${row.threads}`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/** Says which way the data went; nothing where that is no question. */
function sayDirection({ direction, group }: BenchmarkRow): string {
  if (direction !== null) return t(`benchmark.${direction}`);
  return group === 'storage' ? t('benchmark.mixed') : '';
}

const GROUP_TITLES = {
  provider: 'benchmark.tab.ciphers',
  engine: 'benchmark.tab.engines',
  sweep: 'benchmark.sweep',
  scaling: 'benchmark.scaling',
  storage: 'benchmark.tab.storage',
  kdf: 'benchmark.tab.kdf',
  hash: 'benchmark.hashes',
  kernel: 'benchmark.tab.kernel',
} as const;

/** Names of how storage was reached, in words. */
export const STORAGE_WORDS = {
  raw: 'benchmark.raw',
  vault: 'benchmark.vault',
  'raw-direct': 'benchmark.raw',
  'vault-direct': 'benchmark.vault',
  mounted: 'benchmark.mounted',
} as const;

function sayName({ group, name }: BenchmarkRow): string {
  if (group !== 'storage' || !Object.hasOwn(STORAGE_WORDS, name)) return name;
  return t(STORAGE_WORDS[name as keyof typeof STORAGE_WORDS]); // checked by hasOwn
}
