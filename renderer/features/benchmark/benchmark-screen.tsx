import { Button, NativeSelect, Tabs } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { BenchmarkGroup, KeptReport } from '../../../shared/model/benchmark.ts';
import { Screen } from '../../components/screen.tsx';
import { formatSeconds } from '../../i18n/format.ts';
import { t } from '../../i18n/translate.ts';
import { useSnapshot } from '../../store/store-context.tsx';
import { AdviceCard } from './advice-card.tsx';
import classes from './benchmark.module.css';
import { CiphersTab } from './ciphers-tab.tsx';
import { DefaultsCard } from './defaults-card.tsx';
import { EnginesTab } from './engines-tab.tsx';
import { ExportButtons } from './export-buttons.tsx';
import { formatMoment } from './format-moment.ts';
import { HistoryTab } from './history-tab.tsx';
import { KdfTab } from './kdf-tab.tsx';
import { KernelTab } from './kernel-tab.tsx';
import { MachineStrip } from './machine-strip.tsx';
import { NotMeasured } from './not-measured.tsx';
import { RunPanel } from './run-panel.tsx';
import { StorageTab } from './storage-tab.tsx';
import { type Benchmarks, latestWith, useBenchmarks } from './use-benchmarks.ts';

const TABS = ['ciphers', 'engines', 'kdf', 'storage', 'kernel', 'history'] as const;
type Tab = (typeof TABS)[number];

const GROUPS_OF_TAB: Readonly<Record<Exclude<Tab, 'history'>, readonly BenchmarkGroup[]>> = {
  ciphers: ['provider'],
  engines: ['engine', 'sweep', 'scaling'],
  kdf: ['kdf', 'hash'],
  storage: ['storage'],
  kernel: ['kernel'],
};

/** The storage's tests have buttons of their own. */
const HAS_RUN_BUTTON: readonly Tab[] = ['ciphers', 'engines', 'kdf', 'kernel'];

/** What this machine can do: measured, kept, compared, exported, and what follows from it. */
export function BenchmarkScreen() {
  const { vaults, settings } = useSnapshot();
  const benchmarks = useBenchmarks();
  const [shownId, setShownId] = useState<number | null>(null);
  const [tab, setTab] = useState<Tab>('ciphers');
  const { reports, machine } = benchmarks;
  const shown = reports?.find(({ id }) => id === shownId) ?? reports?.[0];
  const advising = reports === null ? null : latestWith(reports, ['engine']);
  return (
    <Screen
      title={t('benchmark.title')}
      subtitle={t('benchmark.intro')}
      actions={shown && <ExportButtons report={shown.report} />}
    >
      {machine !== null && <MachineStrip machine={machine} settings={settings} />}
      <RunPanel benchmarks={benchmarks} vaults={vaults} />
      {advising !== null && <AdviceCard report={advising} settings={settings} />}
      <DefaultsCard settings={settings} />
      {reports?.length === 0 && <Nothing />}
      {reports !== null && shown !== undefined && (
        <ShownRun reports={reports} shown={shown} onShow={setShownId} />
      )}
      {reports !== null && (
        <FigureTabs
          benchmarks={benchmarks}
          reports={reports}
          shown={shown}
          tab={tab}
          onTab={setTab}
          kdfTimeMs={settings.kdfTimeMs}
        />
      )}
    </Screen>
  );
}

function Nothing() {
  return (
    <div className={classes['empty']}>
      <h2>{t('benchmark.noneTitle')}</h2>
      <p className={classes['hint']}>{t('benchmark.noneText')}</p>
    </div>
  );
}

type ShownRunProps = Readonly<{
  reports: readonly KeptReport[];
  shown: KeptReport;
  onShow: (id: number) => void;
}>;

function ShownRun({ reports, shown: { id, report }, onShow }: ShownRunProps) {
  const words = {
    when: formatMoment(report.startedMs),
    seconds: formatSeconds(report.durationMs),
  };
  return (
    <div className={classes['bar']}>
      <NativeSelect
        label={t('benchmark.shown')}
        value={String(id)}
        data={reports.map((kept) => ({
          value: String(kept.id),
          label: formatMoment(kept.report.startedMs),
        }))}
        onChange={({ currentTarget: { value } }) => onShow(Number(value))}
      />
      <p className={report.isQuick ? classes['warn'] : classes['hint']}>
        {t(report.isQuick ? 'benchmark.takenQuick' : 'benchmark.takenAt', words)}
      </p>
    </div>
  );
}

type FigureTabsProps = Readonly<{
  benchmarks: Benchmarks;
  reports: readonly KeptReport[];
  /** Undefined before the first run. */
  shown: KeptReport | undefined;
  tab: Tab;
  onTab: (tab: Tab) => void;
  kdfTimeMs: number;
}>;

function FigureTabs({ benchmarks, reports, shown, tab, onTab, kdfTimeMs }: FigureTabsProps) {
  const { machine, job, run, forget } = benchmarks;
  const report = shown?.report ?? null;
  const has = (name: Exclude<Tab, 'history'>) =>
    shown !== undefined && latestWith([shown], GROUPS_OF_TAB[name]) !== null;
  const contents: Readonly<Record<Tab, ReactNode>> = {
    ciphers: <CiphersTab report={has('ciphers') ? report : null} benchmarks={benchmarks} />,
    engines: report !== null && has('engines') && <EnginesTab report={report} />,
    kdf: <KdfTab report={report} machine={machine} firstTimeMs={kdfTimeMs} />,
    storage: <StorageTab report={has('storage') ? report : null} benchmarks={benchmarks} />,
    kernel: report !== null && has('kernel') && <KernelTab report={report} />,
    history: shown && <HistoryTab reports={reports} shown={shown} onForget={forget} />,
  };
  return (
    <Tabs
      value={tab}
      keepMounted={false}
      onChange={(name) => onTab(TABS.find((known) => known === name) ?? tab)}
    >
      <Tabs.List aria-label={t('benchmark.tabs')}>
        {TABS.map((name) => (
          <Tabs.Tab key={name} value={name}>
            {t(`benchmark.tab.${name}`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {TABS.map((name) => (
        <Tabs.Panel key={name} value={name} className={classes['panel'] ?? ''}>
          {contents[name] || <NotMeasured benchmarks={benchmarks} />}
          {HAS_RUN_BUTTON.includes(name) && (
            <div>
              <Button
                size="compact-sm"
                variant="default"
                disabled={job !== null}
                onClick={() => name !== 'history' && run(GROUPS_OF_TAB[name])}
              >
                {t('benchmark.runTab')}
              </Button>
            </div>
          )}
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
