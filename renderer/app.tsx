import { useMantineColorScheme } from '@mantine/core';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { JobSnapshot } from '../shared/model/job.ts';
import classes from './app.module.css';
import { useBridge } from './bridge/bridge-context.tsx';
import { DropOverlay } from './components/drop-overlay.tsx';
import { LiveRegion } from './components/live-region.tsx';
import { useJobEndings } from './features/jobs/use-job-endings.ts';
import { LockBusyDialog } from './features/vaults/lock-busy-dialog.tsx';
import { t } from './i18n/translate.ts';
import type { Route, ScreenName } from './navigation/route.ts';
import type { Navigation } from './navigation/use-route.ts';
import { ScreenInView } from './screen-in-view.tsx';
import { SCREEN_SHORTCUTS, SCREEN_TITLES } from './screens.ts';
import { Sidebar } from './sidebar.tsx';
import { useSnapshot } from './store/store-context.tsx';
import { useFileDrop } from './use-file-drop.ts';
import { useShortcuts } from './use-shortcuts.ts';
import { useVaultActions } from './use-vault-actions.ts';
import { type OpenDialog, VaultDialog } from './vault-dialog.tsx';

type AppProps = Readonly<{
  navigation: Navigation;
  /** Ids of the vaults to ask the passphrase of, one after the other; each leaves when it is asked. */
  wantedAtStart: Set<string>;
}>;

/** The window: navigation, one screen, at most one dialog. */
export function App({ navigation: { route, go }, wantedAtStart }: AppProps) {
  const snapshot = useSnapshot();
  const bridge = useBridge();
  const [dialog, setDialog] = useState(() => takeNext(wantedAtStart));
  const said = useJobEndings(snapshot.jobs);
  const { actions, lock, failure } = useVaultActions(setDialog, go);
  const closeDialog = useCallback(() => setDialog(takeNext(wantedAtStart)), [wantedAtStart]);
  useFollowColorScheme(snapshot.settings.colorScheme);
  useWindowTitle(route);

  const show = useCallback((screen: ScreenName) => go({ screen }), [go]);
  const openAdd = useCallback(() => {
    show('vaults');
    setDialog({ kind: 'add', droppedName: null });
  }, [show]);
  const shortcuts = useMemo(
    () => ({
      ...Object.fromEntries(
        SCREEN_SHORTCUTS.map(({ code, screen }) => [code, () => show(screen)] as const),
      ),
      KeyA: openAdd,
    }),
    [show, openAdd],
  );
  useEffect(
    () => bridge.onUnlockAsked((vaultId) => setDialog({ kind: 'unlock', vaultId })),
    [bridge],
  );
  const isFree = dialog === null && lock.busyVault === null;
  useShortcuts(shortcuts, isFree);
  const drop = useFileDrop({
    isEnabled: isFree,
    onDrop: () => show('vaults'),
    onUnknownPlace: (droppedName) => setDialog({ kind: 'add', droppedName }),
  });

  const isShownElsewhere = ({ kind, state, vaultId }: JobSnapshot) =>
    (kind === 'unlock' && dialog?.kind === 'unlock' && vaultId === dialog.vaultId) ||
    (kind === 'lock' && state === 'failed' && vaultId === lock.refusedVaultId);

  return (
    <div className={classes['app']}>
      <Sidebar screen={route.screen} onGo={show} />
      <main className={classes['main']}>
        <ScreenInView
          route={route}
          snapshot={snapshot}
          actions={actions}
          lock={lock}
          isShownElsewhere={isShownElsewhere}
          failure={drop.error === null ? failure : { error: drop.error, dismiss: drop.clearError }}
          onGo={go}
          onAdd={openAdd}
        />
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
          programs={lock.busyPrograms}
          onRetry={() => lock.busyVault && lock.lock(lock.busyVault)}
          onForce={() => lock.busyVault && lock.force(lock.busyVault)}
          onClose={lock.dismiss}
        />
      )}
      {drop.isOver && <DropOverlay title={t('drop.title')} text={t('add.text')} />}
      <LiveRegion text={said} />
      <LiveRegion text={drop.said} />
    </div>
  );
}

/** The next unlock to ask for; none where all have been. */
function takeNext(wanted: Set<string>): OpenDialog | null {
  const [vaultId] = wanted;
  if (vaultId === undefined) return null;
  wanted.delete(vaultId);
  return { kind: 'unlock', vaultId };
}

function useWindowTitle({ screen }: Route) {
  useEffect(() => {
    const isHome = screen === 'vaults' || screen === 'vault';
    document.title = isHome ? 'Lockline' : `${t(SCREEN_TITLES[screen])} - Lockline`;
  }, [screen]);
}

function useFollowColorScheme(wanted: 'auto' | 'light' | 'dark') {
  const { setColorScheme } = useMantineColorScheme();
  useEffect(() => setColorScheme(wanted), [setColorScheme, wanted]);
}
