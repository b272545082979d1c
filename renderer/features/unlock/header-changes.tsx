import { List } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { HeaderChange } from '../../../shared/model/header-pin.ts';
import { useBridge } from '../../bridge/bridge-context.tsx';
import { Warning } from '../../components/error-notice.tsx';
import { t } from '../../i18n/translate.ts';

/** Warns of a known vault whose header is not what it was, before its secret is given to it. */
export function HeaderChanges({ vaultId }: { vaultId: string }) {
  const bridge = useBridge();
  const [changes, setChanges] = useState<readonly HeaderChange[]>([]);
  useEffect(() => {
    let isCurrent = true;
    bridge.call('vault.header-changes', { vaultId }).then(
      (found) => isCurrent && setChanges(found),
      () => {}, // a header that cannot be read is told by the unlock itself
    );
    return () => {
      isCurrent = false;
    };
  }, [bridge, vaultId]);
  if (changes.length === 0) return null;
  return (
    <Warning title={t('unlock.changed')} advice={t('unlock.changedAdvice')}>
      <List size="sm">
        {changes.map(({ field, before, now }) => (
          <List.Item key={field}>
            {t('unlock.changedField', { field: t(`unlock.field.${field}`), before, now })}
          </List.Item>
        ))}
      </List>
    </Warning>
  );
}
