import { Button, Group, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { ContainerFormat } from '../../../shared/model/header-care.ts';
import type { VaultSnapshot } from '../../../shared/model/vault.ts';
import { useBridge } from '../../bridge/bridge-context.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Section } from '../../components/screen.tsx';
import { t } from '../../i18n/translate.ts';
import { useCommand } from '../../store/use-command.ts';

/** Converts a LUKS1 vault to LUKS2, and back. */
export function ConvertSection({ vault }: { vault: VaultSnapshot }) {
  const bridge = useBridge();
  const command = useCommand();
  const [format, setFormat] = useState<ContainerFormat | null>(null);
  const [keptIn, setKeptIn] = useState<string | null>(null);
  useEffect(() => {
    let isCurrent = true;
    bridge.call('vault.inspect', { vaultId: vault.id }).then(
      (info) => isCurrent && setFormat(info.format),
      () => {}, // the health check tells what is wrong with it
    );
    return () => {
      isCurrent = false;
    };
  }, [bridge, vault.id]);
  if (format === null) return null;
  const to = format === 'luks1' ? 'luks2' : 'luks1';
  const convert = () =>
    command.run(async () => {
      const done = await bridge.call('header.convert', { vaultId: vault.id, to });
      setKeptIn(done.backupPath);
      setFormat(done.format);
    });
  return (
    <Section title={t('maintenance.convert')}>
      <Text size="sm">
        {t('maintenance.convertText', { format: format.toUpperCase(), to: to.toUpperCase() })}
      </Text>
      {command.error !== null && <ErrorNotice error={command.error} />}
      {keptIn !== null && (
        <Text size="sm" role="status">
          {t('maintenance.converted', { path: keptIn })}
        </Text>
      )}
      {vault.state === 'mounted' ? (
        <Text size="sm">{t('maintenance.lockFirst')}</Text>
      ) : (
        <Group>
          <Button variant="default" loading={command.isRunning} onClick={convert}>
            {t('maintenance.convertSubmit', { to: to.toUpperCase() })}
          </Button>
        </Group>
      )}
    </Section>
  );
}
