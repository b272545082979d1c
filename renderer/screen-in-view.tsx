import { useCallback } from 'react';
import type { AppSnapshot } from '../shared/model/app.ts';
import type { JobSnapshot } from '../shared/model/job.ts';
import type { VaultSnapshot } from '../shared/model/vault.ts';
import { useBridge } from './bridge/bridge-context.tsx';
import { ErrorNotice, NoticeButton } from './components/error-notice.tsx';
import { BenchmarkScreen } from './features/benchmark/benchmark-screen.tsx';
import { CreateScreen } from './features/create/create-screen.tsx';
import { JobsPanel } from './features/jobs/jobs-panel.tsx';
import { JobsScreen } from './features/jobs/jobs-screen.tsx';
import { NewVaultCare } from './features/keys/new-vault-care.tsx';
import { SettingsScreen } from './features/settings/settings-screen.tsx';
import type { Lock } from './features/vaults/use-lock.ts';
import type { VaultActions } from './features/vaults/vault-actions.ts';
import { VaultPage } from './features/vaults/vault-page.tsx';
import { VaultsScreen } from './features/vaults/vaults-screen.tsx';
import { t } from './i18n/translate.ts';
import { VaultSparkline } from './live/vault-sparkline.tsx';
import type { Route } from './navigation/route.ts';
import type { ActionFailure } from './use-vault-actions.ts';
import { VAULT_TABS } from './vault-tabs.tsx';

type ScreenInViewProps = Readonly<{
  route: Route;
  snapshot: AppSnapshot;
  actions: VaultActions;
  lock: Lock;
  failure: ActionFailure;
  /** Tells of a job that an open dialog, or the notice above the rows, shows. */
  isShownElsewhere: (job: JobSnapshot) => boolean;
  onGo: (route: Route) => void;
  onAdd: () => void;
}>;

/** The screen that the route names; the list of vaults where it names one that has gone. */
export function ScreenInView(props: ScreenInViewProps) {
  const { route, snapshot, actions, failure, onGo } = props;
  const bridge = useBridge();
  const onCreated = useCallback(
    (vaultId: string | null) =>
      onGo(
        vaultId === null
          ? { screen: 'vaults' }
          : { screen: 'vault', vaultId, tab: 'overview', isNew: true },
      ),
    [onGo],
  );
  const home = () => onGo({ screen: 'vaults' });
  const refusal = failure.error !== null && (
    <ErrorNotice
      error={failure.error}
      actions={<NoticeButton onClick={failure.dismiss}>{t('common.dismiss')}</NoticeButton>}
    />
  );

  if (route.screen === 'create') {
    return <CreateScreen defaults={snapshot.settings} onCreated={onCreated} onCancel={home} />;
  }
  if (route.screen === 'jobs') return <JobsScreen jobs={snapshot.jobs} />;
  if (route.screen === 'benchmark') return <BenchmarkScreen />;
  if (route.screen === 'settings') {
    return <SettingsScreen snapshot={snapshot} />;
  }
  const vault = route.screen === 'vault' && snapshot.vaults.find(({ id }) => id === route.vaultId);
  if (route.screen === 'vault' && vault) {
    return (
      <VaultPage
        key={vault.id}
        vault={vault}
        settings={snapshot.settings}
        actions={actions}
        tabs={VAULT_TABS}
        tab={route.tab}
        onTab={(tab) => onGo({ ...route, tab })}
        onBack={home}
        notices={
          <>
            {refusal}
            {route.isNew === true && route.tab === 'overview' && (
              <NewVaultCare
                vault={vault}
                settings={snapshot.settings}
                onDismiss={() => onGo({ ...route, isNew: false })}
              />
            )}
          </>
        }
      />
    );
  }
  return (
    <VaultsScreen
      vaults={snapshot.vaults}
      actions={actions}
      sparkline={showThroughput}
      onCreate={() => onGo({ screen: 'create' })}
      onAdd={props.onAdd}
      onLockAll={() =>
        lockAll(snapshot, (vaultId) => {
          bridge.send('vault.lock', { vaultId, isForced: false });
        })
      }
      activity={
        <>
          {refusal}
          <JobsPanel
            jobs={snapshot.jobs.filter((job) => !props.isShownElsewhere(job))}
            onRetryLock={(vaultId) => retryLock(props, vaultId)}
          />
        </>
      }
    />
  );
}

const showThroughput = ({ id }: VaultSnapshot) => <VaultSparkline vaultId={id} />;

function lockAll({ vaults }: AppSnapshot, lock: (vaultId: string) => void) {
  for (const { id, state } of vaults) if (state === 'mounted') lock(id);
}

function retryLock({ snapshot, lock }: ScreenInViewProps, vaultId: string) {
  const vault = snapshot.vaults.find(({ id }) => id === vaultId);
  if (vault !== undefined) lock.lock(vault);
}
