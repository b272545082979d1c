import type { ReactNode } from 'react';
import type { VaultSnapshot } from '../../../shared/model/vault.ts';
import { t } from '../../i18n/translate.ts';
import { useVisibleRows } from './use-visible-rows.ts';
import type { VaultActions } from './vault-actions.ts';
import classes from './vault-list.module.css';
import { VaultRow } from './vault-row.tsx';

/** A locked row with the gap below it; mounted ones are higher, and measured when they are seen. */
const ROW_ESTIMATE_PX = 110;

type VaultListProps = Readonly<{
  vaults: readonly VaultSnapshot[];
  actions: VaultActions;
  /** Draws what a mounted vault does, beside its figures. */
  sparkline?: ((vault: VaultSnapshot) => ReactNode) | undefined;
}>;

/** The vaults as rows, of which only those near the view are rendered. */
export function VaultList({ vaults, actions, sparkline }: VaultListProps) {
  const { list, first, end, beforePx, afterPx } = useVisibleRows(
    vaults.map(({ id }) => id),
    ROW_ESTIMATE_PX,
  );
  return (
    <ul ref={list} className={classes['list']} aria-label={t('vaults.list')}>
      <Spacer heightPx={beforePx} />
      {vaults.slice(first, end).map((vault, index) => (
        <VaultRow
          key={vault.id}
          vault={vault}
          actions={actions}
          position={first + index + 1}
          count={vaults.length}
          sparkline={sparkline}
        />
      ))}
      <Spacer heightPx={afterPx} />
    </ul>
  );
}

/** Room of rows that are not rendered; the gap of the list comes on top of it. */
function Spacer({ heightPx }: { heightPx: number }) {
  if (heightPx <= 0) return null;
  return <li className={classes['spacer']} aria-hidden="true" style={{ height: heightPx }} />;
}
