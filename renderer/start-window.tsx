import { MantineProvider } from '@mantine/core';
import { useReducedMotion } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import type { HostCapabilities } from '../shared/model/host.ts';
import type { VaultSnapshot } from '../shared/model/vault.ts';
import classes from './app.module.css';
import { App } from './app.tsx';
import type { Bridge } from './bridge/bridge.ts';
import { BridgeProvider } from './bridge/bridge-context.tsx';
import { t } from './i18n/translate.ts';
import { useLanguage } from './i18n/use-language.ts';
import { SeriesProvider } from './live/series-context.tsx';
import { createSeriesStore, type SeriesStore } from './live/series-store.ts';
import { useRoute } from './navigation/use-route.ts';
import { type AppStore, createAppStore } from './store/app-store.ts';
import { StoreProvider, useSnapshot } from './store/store-context.tsx';
import { calmTheme, cssVariables, theme } from './theme.ts';

const HOME = { screen: 'vaults' } as const;

type Started = Readonly<{
  store: AppStore;
  series: SeriesStore;
  capabilities: HostCapabilities;
}>;

type WindowProps = Readonly<{ bridge: Bridge; styleNonce: string }>;

/** The whole window over a bridge: theme, connection, first snapshot, then the app. */
export function LocklineWindow({ bridge, styleNonce }: WindowProps) {
  const [started, setStarted] = useState<Started | null>(null);
  const [isDisconnected, setDisconnected] = useState(false);
  useEffect(() => start(bridge, setStarted), [bridge]);
  useEffect(() => bridge.onDisconnect(() => setDisconnected(true)), [bridge]);
  const isCalm = useReducedMotion(false, { getInitialValueInEffect: false });
  return (
    <MantineProvider
      theme={isCalm ? calmTheme : theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={() => styleNonce}
    >
      {isDisconnected ? (
        <Message title={t('app.disconnected')} text={t('app.disconnectedText')} />
      ) : started === null ? (
        <Message title="Lockline" text={t('app.starting')} />
      ) : (
        <BridgeProvider bridge={bridge} capabilities={started.capabilities}>
          <StoreProvider store={started.store}>
            <SeriesProvider series={started.series}>
              <SpokenApp />
            </SeriesProvider>
          </StoreProvider>
        </BridgeProvider>
      )}
    </MantineProvider>
  );
}

/** The app in the language of the settings; another language renders all of it anew. */
function SpokenApp() {
  const navigation = useRoute(HOME);
  const { settings, vaults } = useSnapshot();
  const [wanted] = useState(() => new Set(findWantedAtStart(vaults)));
  const language = useLanguage(settings.language);
  if (language === null) return null;
  return <App key={language} navigation={navigation} wantedAtStart={wanted} />;
}

/** Vaults to be mounted at the start whose passphrase main does not have. */
function findWantedAtStart(vaults: readonly VaultSnapshot[]): readonly string[] {
  return vaults
    .filter(({ state, options }) => state === 'locked' && options.mountAtStart)
    .filter(({ hasStoredPassphrase }) => !hasStoredPassphrase)
    .map(({ id }) => id);
}

/** Fetches what the window starts from, and mirrors main's snapshots from then on. */
function start(bridge: Bridge, onStarted: (started: Started) => void): () => void {
  let stop = () => {};
  let isStopped = false;
  const run = async () => {
    const [snapshot, capabilities] = await Promise.all([
      bridge.call('app.snapshot', {}),
      bridge.call('host.capabilities', {}),
    ]);
    if (isStopped) return;
    const store = createAppStore(snapshot);
    const series = createSeriesStore(store);
    const stopSnapshots = bridge.onSnapshot(store.accept);
    stop = () => {
      stopSnapshots();
      series[Symbol.dispose]();
    };
    onStarted({ store, series, capabilities });
  };
  void run();
  return () => {
    isStopped = true;
    stop();
  };
}

function Message({ title, text }: { title: string; text: string }) {
  return (
    <main className={classes['center']}>
      <h1>{title}</h1>
      <p>{text}</p>
    </main>
  );
}
