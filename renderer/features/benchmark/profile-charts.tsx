import { useMemo, useState } from 'react';
import type { StorageProfile } from '../../../shared/model/benchmark.ts';
import { FormChoice } from '../../components/charts/form-choice.tsx';
import type { LineChartSpec } from '../../components/charts/line-chart-options.ts';
import { Section } from '../../components/screen.tsx';
import { formatBytes, formatMicroseconds } from '../../i18n/format.ts';
import { formatShort } from '../../i18n/format-rate.ts';
import { t } from '../../i18n/translate.ts';
import classes from './benchmark.module.css';
import { type Curve, CurveChart } from './curve-chart.tsx';

const HEIGHT = 190;

/** Rates and waits from the beginning of a file to its end. */
export function ProfileCharts({ profile }: { profile: StorageProfile }) {
  const [asTables, setAsTables] = useState(false);
  const curves = useMemo(() => [toRateCurve(profile), toAccessCurve(profile)], [profile]);
  return (
    <Section title={t('benchmark.profile')}>
      <div className={classes['bar']}>
        <p className={classes['hint']}>
          {t(profile.isDirect ? 'benchmark.storageDirect' : 'benchmark.storageCached')}
        </p>
        <span className={classes['space']} />
        <FormChoice asTables={asTables} onChange={setAsTables} />
      </div>
      <div className={classes['charts']}>
        {curves.map((curve) => (
          <CurveChart key={curve.title} curve={curve} asTable={asTables} />
        ))}
      </div>
    </Section>
  );
}

const alongFile = (lines: LineChartSpec['lines']): LineChartSpec => ({
  lines,
  height: HEIGHT,
  formatX: formatBytes,
  formatY: formatShort,
  xTicks: ([low, high]) => [0, 1, 2, 3, 4].map((step) => low + ((high - low) * step) / 4),
});

function toRateCurve({ rates }: StorageProfile): Curve {
  const strideBytes = rates[1]?.offsetBytes ?? 1;
  return {
    title: t('benchmark.profileRates'),
    note: t('benchmark.profileRatesNote', {
      read: sayBounds(rates.map(({ read }) => read)),
      write: sayBounds(rates.map(({ write }) => write)),
    }),
    axis: t('benchmark.profilePlace'),
    spec: alongFile([
      { label: t('benchmark.read'), color: 'read' },
      { label: t('benchmark.write'), color: 'write', dash: [6, 3] },
    ]),
    xs: rates.map(({ offsetBytes }) => offsetBytes),
    lines: [rates.map(({ read }) => read), rates.map(({ write }) => write)],
    xRange: [0, (rates.at(-1)?.offsetBytes ?? 0) + strideBytes],
  };
}

/** Least, mean and most of what was measured. */
function sayBounds(rates: readonly number[]): string {
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / Math.max(1, rates.length);
  return [Math.min(...rates), mean, Math.max(...rates)].map(formatShort).join(' / ');
}

function toAccessCurve({ accesses, rates }: StorageProfile): Curve {
  const strideBytes = rates[1]?.offsetBytes ?? 1;
  const times = accesses.map(({ microseconds }) => microseconds);
  const mean = times.reduce((sum, us) => sum + us, 0) / Math.max(1, times.length);
  const bounds = {
    least: formatMicroseconds(Math.min(...times)),
    mean: formatMicroseconds(mean),
    most: formatMicroseconds(Math.max(...times)),
  };
  return {
    title: t('benchmark.profileAccess'),
    note: t('benchmark.profileAccessNote', bounds),
    axis: t('benchmark.profilePlace'),
    spec: {
      ...alongFile([{ label: t('benchmark.kdfTime'), color: 'read', isScattered: true }]),
      scale: 'log',
      formatY: formatMicroseconds,
    },
    xs: accesses.map(({ offsetBytes }) => offsetBytes),
    lines: [times],
    xRange: [0, (rates.at(-1)?.offsetBytes ?? 0) + strideBytes],
    say: formatMicroseconds,
  };
}
