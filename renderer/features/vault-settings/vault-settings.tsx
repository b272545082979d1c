import { Button, Group, NativeSelect, Switch, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { Settings } from '../../../shared/model/settings.ts';
import type { VaultSnapshot } from '../../../shared/model/vault.ts';
import type { VaultChanges } from '../../../shared/model/vault-options.ts';
import { useBridge } from '../../bridge/bridge-context.tsx';
import { AutoLockFields } from '../../components/auto-lock-fields.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Section } from '../../components/screen.tsx';
import { t } from '../../i18n/translate.ts';
import { type Command, useCommand } from '../../store/use-command.ts';

type VaultSettingsProps = Readonly<{ vault: VaultSnapshot; settings: Settings }>;

/** What can be set for one vault alone. */
export function VaultSettings({ vault, settings }: VaultSettingsProps) {
  const bridge = useBridge();
  const command = useCommand();
  const change = (changes: VaultChanges) =>
    void command.run(() => bridge.call('vault.update', { vaultId: vault.id, changes }));
  return (
    <>
      {command.error !== null && <ErrorNotice error={command.error} />}
      <Section title={t('vaultSettings.general')}>
        <NameField key={vault.name} vault={vault} onRename={(name) => change({ name })} />
        <Switch
          label={t('vaults.favourite')}
          description={t('vaultSettings.favouriteText')}
          checked={vault.options.isFavourite}
          onChange={(event) => change({ isFavourite: event.currentTarget.checked })}
        />
      </Section>
      <Section title={t('vaultSettings.mount')}>
        <Switch
          label={t('vaultSettings.atStart')}
          description={t('vaultSettings.atStartText')}
          checked={vault.options.mountAtStart}
          onChange={(event) => change({ mountAtStart: event.currentTarget.checked })}
        />
        <ReadOnlyField vault={vault} settings={settings} change={change} />
        <Switch
          label={t('vaultSettings.discard')}
          description={t('vaultSettings.discardText')}
          checked={vault.options.discardsFreed}
          onChange={(event) => change({ discardsFreed: event.currentTarget.checked })}
        />
      </Section>
      <LockSection vault={vault} change={change} />
      {vault.hasStoredPassphrase && <KeychainSection vaultId={vault.id} command={command} />}
    </>
  );
}

type FieldProps = VaultSettingsProps & Readonly<{ change: (changes: VaultChanges) => void }>;

/** Renames on Enter or when the field is left; an empty name is none. */
function NameField({
  vault,
  onRename,
}: Readonly<{ vault: VaultSnapshot; onRename: (name: string) => void }>) {
  const [text, setText] = useState(vault.name);
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    const name = text.trim();
    if (name === '') setText(vault.name);
    else if (name !== vault.name) onRename(name);
  };
  return (
    <form onSubmit={submit}>
      <TextInput
        label={t('vaultSettings.name')}
        description={t('vaultSettings.nameText')}
        value={text}
        maxLength={255}
        autoComplete="off"
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={() => submit()}
      />
    </form>
  );
}

/** Value of a choice that is left to the settings. */
const AS_SETTINGS = 'settings';

function ReadOnlyField({ vault, settings, change }: FieldProps) {
  const { mountReadOnly } = vault.options;
  const words = (isReadOnly: boolean) =>
    t(isReadOnly ? 'vaultSettings.readOnly' : 'vaultSettings.readWrite');
  return (
    <NativeSelect
      label={t('vaultSettings.access')}
      value={mountReadOnly === null ? AS_SETTINGS : String(mountReadOnly)}
      data={[
        {
          value: AS_SETTINGS,
          label: t('vaultSettings.asSettings', { value: words(settings.mountReadOnly) }),
        },
        { value: 'false', label: words(false) },
        { value: 'true', label: words(true) },
      ]}
      onChange={({ currentTarget: { value } }) =>
        change({ mountReadOnly: value === AS_SETTINGS ? null : value === 'true' })
      }
    />
  );
}

function LockSection({ vault, change }: Omit<FieldProps, 'settings'>) {
  const own = vault.options.autoLock;
  return (
    <Section title={t('vaultSettings.autoLock')}>
      <Switch
        label={t('vaultSettings.ownAutoLock')}
        description={t('vaultSettings.ownAutoLockText')}
        checked={own !== null}
        onChange={(event) => change({ autoLock: event.currentTarget.checked ? {} : null })}
      />
      {own !== null && <AutoLockFields value={own} onChange={(autoLock) => change({ autoLock })} />}
    </Section>
  );
}

function KeychainSection({ vaultId, command }: Readonly<{ vaultId: string; command: Command }>) {
  const bridge = useBridge();
  return (
    <Section title={t('keychain.title')}>
      <Group justify="space-between" gap="md">
        <Text size="sm" flex="1 1 260px">
          {t('keychain.storedText')}
        </Text>
        <Button
          variant="default"
          onClick={() =>
            void command.run(() => bridge.call('vault.forget-passphrase', { vaultId }))
          }
        >
          {t('keychain.forget')}
        </Button>
      </Group>
    </Section>
  );
}
