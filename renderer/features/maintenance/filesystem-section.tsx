import { Button, Group, Stack, Text } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { FilesystemReport } from '../../../shared/model/filesystem-check.ts';
import type { VaultSnapshot } from '../../../shared/model/vault.ts';
import { useBridge, useCapabilities } from '../../bridge/bridge-context.tsx';
import { useSecretEntry, wipeSecret } from '../../bridge/use-secret-entry.ts';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Section } from '../../components/screen.tsx';
import { SecretField } from '../../components/secret-field.tsx';
import { t } from '../../i18n/translate.ts';
import { useCommand } from '../../store/use-command.ts';
import { type FindingItem, FindingList } from './finding-list.tsx';

/** Checks the filesystem in a locked vault; nothing is written. */
export function FilesystemSection({ vault }: { vault: VaultSnapshot }) {
  const bridge = useBridge();
  const { hasNativeDialogs } = useCapabilities();
  const entry = useSecretEntry();
  const command = useCommand();
  const [report, setReport] = useState<FilesystemReport | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const secret = await entry.take();
    if (secret === null) return;
    setReport(null);
    await command.run(async () =>
      setReport(await bridge.call('vault.fsck', { vaultId: vault.id, secret })),
    );
    wipeSecret(secret);
  };
  return (
    <Section title={t('maintenance.fsck')}>
      <Text size="sm">{t('maintenance.fsckText')}</Text>
      {command.error !== null && <ErrorNotice error={command.error} />}
      {report !== null && <Findings report={report} />}
      {vault.state === 'locked' ? (
        <form onSubmit={submit}>
          <Stack gap="sm" maw={480}>
            <SecretField
              entry={entry}
              label={t('unlock.passphrase')}
              hasNativeDialogs={hasNativeDialogs}
              isDisabled={command.isRunning}
            />
            <Group>
              <Button type="submit" variant="default" loading={command.isRunning}>
                {t('maintenance.fsckSubmit')}
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <Text size="sm">{t('maintenance.lockFirst')}</Text>
      )}
    </Section>
  );
}

function Findings({ report }: { report: FilesystemReport }) {
  const { filesystem, verdict, findings, more, files, directories } = report;
  return (
    <>
      <Text size="sm" fw={600} role="status">
        {t(`maintenance.fsckVerdict.${verdict}`, { filesystem, files, directories })}
      </Text>
      <FindingList
        items={gather(findings)}
        details={[
          ...findings.map(({ detail }) => detail),
          ...(more > 0 ? [t('maintenance.fsckMore', { count: more })] : []),
        ]}
      />
    </>
  );
}

/** Many findings of one kind are one line; each stands in the details. */
function gather(findings: FilesystemReport['findings']): readonly FindingItem[] {
  const groups = Map.groupBy(findings, ({ weight, kind }) => `${weight} ${kind}`);
  return [...groups.values()].flatMap((group) =>
    group.slice(0, 1).map(({ weight, kind }) => ({
      weight,
      what: t(`finding.fs.${kind}`),
      count: group.length,
    })),
  );
}
