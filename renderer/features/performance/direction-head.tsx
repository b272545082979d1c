import { DIRECTIONS } from '../../../shared/model/statistics.ts';
import { t } from '../../i18n/translate.ts';

/** Heading of a table with a column for each direction. @param title - Of the first column, if any. */
export function DirectionHead({ title }: Readonly<{ title?: string }>) {
  return (
    <thead>
      <tr>
        {title === undefined ? <td /> : <th scope="col">{title}</th>}
        {DIRECTIONS.map((direction) => (
          <th key={direction} scope="col">
            {t(`engine.${direction}`)}
          </th>
        ))}
      </tr>
    </thead>
  );
}
