import { SegmentedControl } from '@mantine/core';
import { RATE_UNITS, type RateUnit } from '../../i18n/format-rate.ts';
import { t } from '../../i18n/translate.ts';

type UnitChoiceProps = Readonly<{ unit: RateUnit; onChange: (unit: RateUnit) => void }>;

/** Millions of bytes, or units of 1,048,576. */
export function UnitChoice({ unit, onChange }: UnitChoiceProps) {
  return (
    <SegmentedControl
      size="xs"
      aria-label={t('performance.unit')}
      value={unit}
      data={RATE_UNITS.map((value) => ({ value, label: t(`performance.unit.${value}`) }))}
      onChange={(value) => onChange(value === 'MB' ? 'MB' : 'MiB')}
    />
  );
}
