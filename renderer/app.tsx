import { useMantineColorScheme } from '@mantine/core';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import classes from './app.module.css';
import { useBridge, useCapabilities } from './bridge/bridge-context.tsx';
import { ErrorNotice, NoticeButton } from './components/error-notice.tsx';
import { LiveRegion } from './components/live-region.tsx';
import { Notice } from './components/notice.tsx';
import { CreateScreen } from './features/create/create-screen.tsx';
import { JobsPanel } from './features/jobs/jobs-panel.tsx';
import { useJobEndings } from './features/jobs/use-job-endings.ts';
import { SettingsScreen } from './features/settings/settings-screen.tsx';
import { LockBusyDialog } from './features/vaults/lock-busy-dialog.tsx';
import { VaultsScreen } from './features/vaults/vaults-screen.tsx';
import { t } from './i18n/translate.ts';
import { type ScreenName, Sidebar } from './sidebar.tsx';
import { useSnapshot } from './store/store-context.tsx';
import { useShortcuts } from './use-shortcuts.ts';
import { useVaultActions } from './use-vault-actions.ts';
import { type OpenDialog, VaultDialog } from './vault-dialog.tsx';

/** The window: navigation, one screen, at most one dialog. */
export function App() {
  const snapshot = useSnapshot();
  const bridge = useBridge();
  const { canOpenFolders } = useCapabilities();
  const { screen, go } = useScreen();
  const [dialog, setDialog] = useState<OpenDialog | null>(null);
  const [notice, setNotice] = useState<string | null>(null);
  const said = useJobEndings(snapshot.jobs);
  const { actions, lock, failure } = useVaultActions(setDialog);
  const closeDialog = useCallback(() => setDialog(null), []);
  useFollowColorScheme(snapshot.settings.colorScheme);

  const openAdd = useCallback(() => {
    go('vaults');
    setDialog({ kind: 'add' });
  }, [go]);
  const openCreate = useCallback(() => {
    setNotice(null);
    go('create');
  }, [go]);
  const shortcuts = useMemo(
    () => ({
      KeyN: openCreate,
      KeyA: openAdd,
      KeyV: () => go('vaults'),
      KeyS: () => go('settings'),
    }),
    [go, openAdd, openCreate],
  );
  useShortcuts(shortcuts, dialog === null && lock.busyVault === null);

  const onCreated = useCallback(
    (name: string) => {
      setNotice(t('create.done', { name }));
      go('vaults');
    },
    [go],
  );
  const lockAll = () => {
    for (const { id, state } of snapshot.vaults) {
      if (state === 'mounted') bridge.send('vault.lock', { vaultId: id, isForced: false });
    }
  };
  const retryLock = (vaultId: string) => {
    const vault = snapshot.vaults.find(({ id }) => id === vaultId);
    if (vault !== undefined) lock.lock(vault);
  };

  return (
    <div className={classes['app']}>
      <Sidebar screen={screen} onGo={go} />
      <main className={classes['main']}>
        {screen === 'vaults' && (
          <VaultsScreen
            vaults={snapshot.vaults}
            actions={actions}
            onCreate={openCreate}
            onAdd={openAdd}
            onLockAll={lockAll}
            activity={
              <>
                {notice !== null && <Notice text={notice} onDismiss={() => setNotice(null)} />}
                {failure.error !== null && (
                  <ErrorNotice
                    error={failure.error}
                    actions={
                      <NoticeButton onClick={failure.dismiss}>{t('common.dismiss')}</NoticeButton>
                    }
                  />
                )}
                <JobsPanel jobs={snapshot.jobs} onRetryLock={retryLock} />
              </>
            }
          />
        )}
        {screen === 'create' && (
          <CreateScreen
            kdfTimeMs={snapshot.settings.kdfTimeMs}
            onCreated={onCreated}
            onCancel={() => go('vaults')}
          />
        )}
        {screen === 'settings' && (
          <SettingsScreen
            settings={snapshot.settings}
            version={snapshot.version}
            canOpenFolders={canOpenFolders}
            onChange={(changes) => bridge.call('settings.update', { changes })}
          />
        )}
      </main>
      <VaultDialog
        dialog={dialog}
        vaults={snapshot.vaults}
        settings={snapshot.settings}
        onClose={closeDialog}
      />
      {lock.busyVault !== null && (
        <LockBusyDialog
          vault={lock.busyVault}
          onRetry={() => lock.busyVault && lock.lock(lock.busyVault)}
          onForce={() => lock.busyVault && lock.force(lock.busyVault)}
          onClose={lock.dismiss}
        />
      )}
      <LiveRegion text={said} />
    </div>
  );
}

/** The screen in view. After a change the focus goes to its heading, which is then read out. */
function useScreen() {
  const [screen, setScreen] = useState<ScreenName>('vaults');
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current) {
      document.querySelector<HTMLElement>(`[data-screen-title]`)?.focus();
    }
    isFirst.current = false;
    document.title = screen === 'vaults' ? 'Lockline' : `${t(TITLES[screen])} - Lockline`;
  }, [screen]);
  return { screen, go: setScreen };
}

const TITLES = {
  vaults: 'vaults.title',
  create: 'create.title',
  settings: 'settings.title',
} as const;

function useFollowColorScheme(wanted: 'auto' | 'light' | 'dark') {
  const { setColorScheme } = useMantineColorScheme();
  useEffect(() => setColorScheme(wanted), [setColorScheme, wanted]);
}
