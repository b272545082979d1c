import classes from './data-table.module.css';

export type Column = Readonly<{ key: string; label: string; isText?: boolean }>;
export type DataRow = Readonly<{ key: string; cells: readonly string[] }>;

type DataTableProps = Readonly<{
  label: string;
  columns: readonly Column[];
  rows: readonly DataRow[];
  /** Said where there are no rows. */
  emptyText: string;
}>;

/** Figures as a table: the first column names the row. Scrolls by keyboard where it is too wide. */
export function DataTable({ label, columns, rows, emptyText }: DataTableProps) {
  if (rows.length === 0) return <p className={classes['empty']}>{emptyText}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to take the focus, or keys cannot scroll it (axe: scrollable-region-focusable)
    <section className={classes['scroller']} tabIndex={0} aria-label={label}>
      <table className={classes['table']} aria-label={label}>
        <thead>
          <tr>
            {columns.map(({ key, label: words, isText }) => (
              <th key={key} scope="col" data-text={isText}>
                {words}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells }) => (
            <tr key={key}>
              {cells.map((cell, index) => {
                const column = columns[index];
                return index === 0 ? (
                  <th key={column?.key} scope="row">
                    {cell}
                  </th>
                ) : (
                  <td key={column?.key} data-text={column?.isText}>
                    {cell}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
