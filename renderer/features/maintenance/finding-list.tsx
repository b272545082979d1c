import { List } from '@mantine/core';
import type { FindingWeight } from '../../../shared/model/header-care.ts';
import { Fold } from '../../components/fold.tsx';
import { t } from '../../i18n/translate.ts';
import classes from './finding-list.module.css';

/** One line of what a check has found. */
export type FindingItem = Readonly<{ weight: FindingWeight; what: string; count: number }>;

type FindingListProps = Readonly<{
  items: readonly FindingItem[];
  /** The same in the words of the format, for whoever has to find the place. */
  details: readonly string[];
}>;

/** What a check has found, in words; the technical part of it is folded away. */
export function FindingList({ items, details }: FindingListProps) {
  if (details.length === 0) return null;
  return (
    <>
      <List size="sm">
        {items.map((item) => (
          <List.Item key={`${item.weight} ${item.what}`}>{sayItem(item)}</List.Item>
        ))}
      </List>
      <Fold label={t('finding.details')}>
        <pre className={classes['details']}>{details.join('\n')}</pre>
      </Fold>
    </>
  );
}

function sayItem({ weight, what, count }: FindingItem): string {
  const values = { weight: t(`maintenance.weight.${weight}`), what, count };
  return t(count > 1 ? 'finding.several' : 'finding.weighed', values);
}
