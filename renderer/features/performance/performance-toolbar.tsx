import { Button, SegmentedControl } from '@mantine/core';
import { FormChoice } from '../../components/charts/form-choice.tsx';
import { UnitChoice } from '../../components/charts/unit-choice.tsx';
import type { RateUnit } from '../../i18n/format-rate.ts';
import { t } from '../../i18n/translate.ts';
import { RANGES, type Range } from '../../live/read-series.ts';
import classes from './performance-toolbar.module.css';

/** How the live view is looked at. */
export type ViewChoice = Readonly<{
  range: Range;
  unit: RateUnit;
  asTables: boolean;
  isPaused: boolean;
}>;

type PerformanceToolbarProps = Readonly<{
  choice: ViewChoice;
  onChange: (changes: Partial<ViewChoice>) => void;
}>;

/** Time, pause, unit, and charts or tables. */
export function PerformanceToolbar({ choice, onChange }: PerformanceToolbarProps) {
  const { range, unit, asTables, isPaused } = choice;
  return (
    <div className={classes['bar']} role="toolbar" aria-label={t('performance.view')}>
      <SegmentedControl
        size="xs"
        aria-label={t('performance.range')}
        value={range}
        data={RANGES.map((value) => ({ value, label: t(`performance.range.${value}`) }))}
        onChange={(value) => onChange({ range: RANGES.find((known) => known === value) ?? range })}
      />
      <Button
        size="compact-sm"
        variant={isPaused ? 'filled' : 'default'}
        aria-pressed={isPaused}
        onClick={() => onChange({ isPaused: !isPaused })}
      >
        {t('performance.pause')}
      </Button>
      <span className={classes['space']} />
      <UnitChoice unit={unit} onChange={(next) => onChange({ unit: next })} />
      <FormChoice asTables={asTables} onChange={(next) => onChange({ asTables: next })} />
    </div>
  );
}
