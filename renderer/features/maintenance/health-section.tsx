import { Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import type { Finding, HealthReport } from '../../../shared/model/header-care.ts';
import type { VaultSnapshot } from '../../../shared/model/vault.ts';
import { useBridge } from '../../bridge/bridge-context.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Section } from '../../components/screen.tsx';
import { t } from '../../i18n/translate.ts';
import { useCommand } from '../../store/use-command.ts';
import { FindingList } from './finding-list.tsx';

/** Checks a container, and repairs what can be repaired. */
export function HealthSection({ vault }: { vault: VaultSnapshot }) {
  const bridge = useBridge();
  const command = useCommand();
  const [report, setReport] = useState<HealthReport | null>(null);
  const [keptIn, setKeptIn] = useState<string | null>(null);
  const check = () =>
    command.run(async () => setReport(await bridge.call('header.check', { vaultId: vault.id })));
  const repair = () =>
    command.run(async () => {
      const repaired = await bridge.call('header.repair', { vaultId: vault.id });
      setKeptIn(repaired.backupPath);
      setReport(await bridge.call('header.check', { vaultId: vault.id }));
    });
  return (
    <Section title={t('maintenance.check')}>
      <Text size="sm">{t('maintenance.checkText')}</Text>
      {command.error !== null && <ErrorNotice error={command.error} />}
      {report !== null && <Findings report={report} />}
      {keptIn !== null && (
        <Text size="sm" role="status">
          {t('maintenance.repaired', { path: keptIn })}
        </Text>
      )}
      <Group gap="xs">
        <Button variant="default" loading={command.isRunning} onClick={check}>
          {t('maintenance.checkSubmit')}
        </Button>
        {report?.findings.some(({ weight }) => weight === 'repairable') === true && (
          <Button disabled={vault.state === 'mounted'} onClick={repair}>
            {t('maintenance.repair')}
          </Button>
        )}
      </Group>
    </Section>
  );
}

function Findings({ report }: { report: HealthReport }) {
  return (
    <>
      <Text size="sm" fw={600} role="status">
        {t(`maintenance.verdict.${report.verdict}`)}
      </Text>
      <FindingList
        items={report.findings.map(({ weight, code, id }) => ({
          weight,
          what: t(`finding.${code}`, { id: id ?? '' }),
          count: 1,
        }))}
        details={report.findings.map(describe)}
      />
    </>
  );
}

/** What was found in the words of the format, and where. */
function describe({ kind, id, offsetBytes, detail }: Finding): string {
  const what = id === null ? kind : `${kind} ${id}`;
  const where = offsetBytes === null ? '' : `, ${t('maintenance.at', { offset: offsetBytes })}`;
  return `${what}: ${detail}${where}`;
}
