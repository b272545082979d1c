import { Button, Group, Loader, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { KeyInfo, KeyListing } from '../../../shared/model/keys.ts';
import type { Settings } from '../../../shared/model/settings.ts';
import type { VaultSnapshot } from '../../../shared/model/vault.ts';
import { useBridge } from '../../bridge/bridge-context.tsx';
import { BackUpHeader } from '../../components/back-up-header.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { PlusIcon } from '../../components/icons.tsx';
import { Section } from '../../components/screen.tsx';
import { t } from '../../i18n/translate.ts';
import { useCommand } from '../../store/use-command.ts';
import { RemoveKeyDialog, RenameKeyDialog, TestKeyDialog } from './key-dialogs.tsx';
import { type KeyAction, KeyTable } from './key-table.tsx';
import { RecoveryDialog } from './recovery-dialog.tsx';
import { StoreKeyDialog } from './store-key-dialog.tsx';
import { isLastKey, useKeys } from './use-keys.ts';

type VaultKeysProps = Readonly<{ vault: VaultSnapshot; settings: Settings }>;

/** The dialog that is open, and which key it is about. */
type Open =
  | Readonly<{ what: 'add' | 'recovery' | 'test-any' }>
  | Readonly<{ what: KeyAction; key: KeyInfo }>;

/** The keys of a vault and everything that is done with them. */
export function VaultKeys({ vault, settings }: VaultKeysProps) {
  const bridge = useBridge();
  const { listing, error, reload } = useKeys(vault.id);
  const [open, setOpen] = useState<Open | null>(null);
  const command = useCommand();
  const setPriority = (key: KeyInfo, priority: KeyInfo['priority']) => {
    const request = { vaultId: vault.id, keyslotId: key.keyslotId, name: null, priority };
    void command.run(() => bridge.call('key.describe', request)).then(reload);
  };
  const close = () => setOpen(null);
  const done = () => {
    close();
    reload();
  };
  return (
    <>
      {error !== null && <ErrorNotice error={error} />}
      {command.error !== null && <ErrorNotice error={command.error} />}
      <Section title={t('keys.title')}>
        <Text size="sm">{t('keys.text')}</Text>
        {listing === null && error === null && (
          <Group gap="xs">
            <Loader size="xs" aria-hidden="true" />
            <Text size="sm">{t('keys.loading')}</Text>
          </Group>
        )}
        {listing !== null && (
          <KeyTable
            listing={listing}
            onAct={(what, key) => setOpen({ what, key })}
            onPriority={setPriority}
          />
        )}
        <Group gap="xs">
          <Button leftSection={<PlusIcon />} onClick={() => setOpen({ what: 'add' })}>
            {t('keys.add')}
          </Button>
          <Button variant="default" onClick={() => setOpen({ what: 'recovery' })}>
            {t('keys.addRecovery')}
          </Button>
          <Button variant="default" onClick={() => setOpen({ what: 'test-any' })}>
            {t('keys.test')}
          </Button>
        </Group>
      </Section>
      {listing?.backup.isDue === true && (
        <Section title={t('maintenance.backup')}>
          <Stack gap="sm">
            <Text size="sm">
              {t(listing.backup.madeMs === null ? 'keys.backupNever' : 'keys.backupDue')}
            </Text>
            <BackUpHeader vault={vault} onDone={reload} />
          </Stack>
        </Section>
      )}
      {open !== null && (
        <OpenDialog
          open={open}
          vault={vault}
          settings={settings}
          listing={listing}
          onDone={done}
          onClose={close}
        />
      )}
    </>
  );
}

type OpenDialogProps = VaultKeysProps &
  Readonly<{
    open: Open;
    listing: KeyListing | null;
    onDone: () => void;
    onClose: () => void;
  }>;

function OpenDialog({ open, vault, settings, listing, onDone, onClose }: OpenDialogProps) {
  const common = { vault, onClose };
  const { kdfTimeMs } = settings;
  const isLuks1 = listing?.format === 'luks1';
  switch (open.what) {
    case 'add':
      return (
        <StoreKeyDialog {...{ ...common, kdfTimeMs, isLuks1 }} changed={null} onDone={onDone} />
      );
    case 'change':
      return (
        <StoreKeyDialog {...{ ...common, kdfTimeMs, isLuks1 }} changed={open.key} onDone={onDone} />
      );
    case 'recovery':
      return (
        <RecoveryDialog
          {...common}
          kdfTimeMs={kdfTimeMs}
          cost={isLuks1 ? 'compatible' : 'strong'}
          onDone={onDone}
        />
      );
    case 'test-any':
      return <TestKeyDialog {...common} tested={null} />;
    case 'test':
      return <TestKeyDialog {...common} tested={open.key} />;
    case 'rename':
      return <RenameKeyDialog {...common} renamed={open.key} onDone={onDone} />;
    case 'remove': {
      const isLast = listing !== null && isLastKey(open.key, listing);
      return <RemoveKeyDialog {...common} removed={open.key} isLast={isLast} onDone={onDone} />;
    }
  }
}
