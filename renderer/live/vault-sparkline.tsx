import { useEffect, useState } from 'react';
import { Sparkline } from '../components/sparkline.tsx';
import { formatRate, type RateUnit } from '../i18n/format-rate.ts';
import { t } from '../i18n/translate.ts';
import { readSeries } from './read-series.ts';
import { useSeriesStore } from './series-context.tsx';
import type { SeriesStore } from './series-store.ts';
import classes from './vault-sparkline.module.css';

const TICK_MS = 1_000;
/** Points of half a second that are drawn as one. */
const GROUP = 2;
const LAST_POINTS = 2;

type VaultSparklineProps = Readonly<{ vaultId: string; unit?: RateUnit }>;

/** Throughput of a mounted vault in the last minute, both ways together: "idle" where it is none. */
export function VaultSparkline({ vaultId, unit = 'MiB' }: VaultSparklineProps) {
  const store = useSeriesStore();
  const [values, setValues] = useState(() => readThroughput(store, vaultId));
  useEffect(() => {
    const timer = setInterval(() => {
      // An idle vault stays the same array, and is not drawn again.
      setValues((held) => {
        const next = readThroughput(store, vaultId);
        return isQuiet(held) && isQuiet(next) ? held : next;
      });
    }, TICK_MS);
    return () => clearInterval(timer);
  }, [store, vaultId]);
  const last = values.slice(-LAST_POINTS);
  const now = last.reduce((sum, value) => sum + value, 0) / Math.max(1, last.length);
  const words = now > 0 ? formatRate(now, unit) : t('performance.idle');
  return (
    <span className={classes['throughput']}>
      {!isQuiet(values) && (
        <Sparkline values={values} label={t('performance.sparkline', { now: words })} />
      )}
      <span className={classes['now']} aria-hidden={!isQuiet(values)}>
        {words}
      </span>
    </span>
  );
}

function readThroughput(store: SeriesStore, vaultId: string): readonly number[] {
  const view = readSeries(store.find(vaultId), [], '60s', Date.now());
  const writes = view.column('writeBytes');
  const both = view.column('readBytes').map((reads, at) => (reads ?? 0) + (writes[at] ?? 0));
  const grouped: number[] = [];
  for (let at = 0; at < both.length; at += GROUP) {
    const group = both.slice(at, at + GROUP);
    grouped.push(group.reduce((sum, value) => sum + value, 0) / group.length);
  }
  return grouped;
}

function isQuiet(values: readonly number[]): boolean {
  return values.every((value) => value === 0);
}
