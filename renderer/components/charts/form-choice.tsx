import { SegmentedControl } from '@mantine/core';
import { t } from '../../i18n/translate.ts';

type FormChoiceProps = Readonly<{ asTables: boolean; onChange: (asTables: boolean) => void }>;

/** Charts, or the same as tables. */
export function FormChoice({ asTables, onChange }: FormChoiceProps) {
  return (
    <SegmentedControl
      size="xs"
      aria-label={t('performance.form')}
      value={asTables ? 'tables' : 'charts'}
      data={[
        { value: 'charts', label: t('performance.charts') },
        { value: 'tables', label: t('performance.tables') },
      ]}
      onChange={(value) => onChange(value === 'tables')}
    />
  );
}
