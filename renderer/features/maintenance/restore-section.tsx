import { Button, Group, List, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { KeyslotChange, RestorePreview } from '../../../shared/model/header-care.ts';
import type { VaultSnapshot } from '../../../shared/model/vault.ts';
import { useBridge, useCapabilities } from '../../bridge/bridge-context.tsx';
import { usePathGrant } from '../../bridge/use-path-grant.ts';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { PathField } from '../../components/path-field.tsx';
import { Section } from '../../components/screen.tsx';
import { t } from '../../i18n/translate.ts';
import { useCommand } from '../../store/use-command.ts';

/** Compares a header backup with the vault's header, and puts it in its place. */
export function RestoreSection({ vault }: { vault: VaultSnapshot }) {
  const bridge = useBridge();
  const { hasNativeDialogs } = useCapabilities();
  const path = usePathGrant('header-open');
  const command = useCommand();
  const [preview, setPreview] = useState<RestorePreview | null>(null);
  const [keptIn, setKeptIn] = useState<string | null>(null);
  const forget = () => {
    setPreview(null);
    setKeptIn(null);
    command.clearError();
  };
  const withGrant = async (action: (grantId: string) => Promise<unknown>) => {
    const grant = await path.obtain();
    if (grant !== null) await command.run(() => action(grant.grantId));
  };
  const compare = () =>
    withGrant(async (grantId) =>
      setPreview(await bridge.call('header.compare', { vaultId: vault.id, grantId })),
    );
  const restore = () =>
    withGrant(async (grantId) => {
      const done = await bridge.call('header.restore', { vaultId: vault.id, grantId });
      setKeptIn(done.keptPath);
      setPreview(null);
    });
  return (
    <Section title={t('maintenance.restore')}>
      <Text size="sm">{t('maintenance.restoreText')}</Text>
      <Stack gap="sm">
        <PathField
          label={t('maintenance.restoreFile')}
          text={path.text}
          error={path.error === null ? undefined : t('path.invalid')}
          hasNativeDialogs={hasNativeDialogs}
          onType={(text) => {
            forget();
            path.type(text);
          }}
          onChoose={() => {
            forget();
            void path.choose();
          }}
        />
        {command.error !== null && <ErrorNotice error={command.error} />}
        {preview !== null && <Preview preview={preview} />}
        {keptIn !== null && (
          <Text size="sm" role="status">
            {t('maintenance.restored', { path: keptIn })}
          </Text>
        )}
        <Group gap="xs">
          <Button
            variant="default"
            disabled={path.text.trim() === ''}
            loading={command.isRunning}
            onClick={compare}
          >
            {t('maintenance.compare')}
          </Button>
          {preview !== null && (
            <Button disabled={vault.state === 'mounted'} onClick={restore}>
              {t('maintenance.restoreSubmit')}
            </Button>
          )}
        </Group>
        {preview !== null && vault.state === 'mounted' && (
          <Text size="sm">{t('maintenance.lockFirst')}</Text>
        )}
      </Stack>
    </Section>
  );
}

function Preview({ preview }: { preview: RestorePreview }) {
  return (
    <div role="status">
      {!preview.isVerified && (
        <Text size="sm" fw={600}>
          {t('maintenance.unverified')}
        </Text>
      )}
      <List size="sm">
        {preview.keyslots.map((keyslot) => (
          <List.Item key={keyslot.keyslotId}>{describe(keyslot)}</List.Item>
        ))}
      </List>
    </div>
  );
}

function describe({ keyslotId, change, nameNow, nameThen }: KeyslotChange): string {
  const name = nameNow || nameThen;
  const key = t('keys.keyslot', { id: keyslotId });
  return `${name === '' ? key : `${key}, ${name}`}: ${t(`maintenance.change.${change}`)}`;
}
