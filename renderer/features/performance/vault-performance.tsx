import { useLocalStorage } from '@mantine/hooks';
import { type ReactNode, useState } from 'react';
import type { Settings } from '../../../shared/model/settings.ts';
import type { VaultSnapshot } from '../../../shared/model/vault.ts';
import { Card } from '../../components/screen.tsx';
import type { RateUnit } from '../../i18n/format-rate.ts';
import { useSeriesStore } from '../../live/series-context.tsx';
import { useSeriesView } from '../../live/use-series-view.ts';
import { ChartGrid } from './chart-grid.tsx';
import { EngineCard } from './engine-card.tsx';
import { EngineEffect } from './engine-effect.tsx';
import { LivePanel } from './live-panel.tsx';
import { PerformanceToolbar, type ViewChoice } from './performance-toolbar.tsx';
import { UnlockTimesCard } from './unlock-times-card.tsx';
import classes from './vault-performance.module.css';

type VaultPerformanceProps = Readonly<{
  vault: VaultSnapshot;
  settings: Settings;
  /** Choices that only this vault's backend has, such as the flags of dm-crypt. */
  backendFields?: ReactNode;
}>;

/** Where the crypto of a vault runs, how fast it is, and where the time goes. */
export function VaultPerformance({ vault, settings, backendFields }: VaultPerformanceProps) {
  return (
    <>
      <EngineCard vault={vault} settings={settings} backendFields={backendFields} />
      {vault.state === 'mounted' && <LiveView vault={vault} />}
      {vault.unlockTimes !== null && <UnlockTimesCard times={vault.unlockTimes} />}
    </>
  );
}

const FIRST_CHOICE = { range: '60s', asTables: false, isPaused: false } as const;
const NO_MARKS: readonly number[] = [];

function LiveView({ vault }: { vault: VaultSnapshot }) {
  const [unit, setUnit] = useLocalStorage<RateUnit>({ key: 'rate-unit', defaultValue: 'MiB' });
  const [choice, setChoice] = useState<Omit<ViewChoice, 'unit'>>(FIRST_CHOICE);
  const view = useSeriesView(vault.id, choice.range, choice.isPaused);
  const series = useSeriesStore().find(vault.id);
  const mark = series?.marks.at(-1);
  const change = ({ unit: nextUnit, ...changes }: Partial<ViewChoice>) => {
    if (nextUnit !== undefined) setUnit(nextUnit);
    setChoice((held) => ({ ...held, ...changes }));
  };
  return (
    <>
      {mark !== undefined && <EngineEffect mark={mark} nowMs={view.nowMs} unit={unit} />}
      <Card>
        <LivePanel
          statistics={vault.statistics}
          sinceMs={vault.traffic?.sinceMs ?? null}
          unit={unit}
        />
      </Card>
      {vault.statistics !== null && (
        <div className={classes['charts']}>
          <PerformanceToolbar choice={{ ...choice, unit }} onChange={change} />
          <ChartGrid
            view={view}
            unit={unit}
            asTables={choice.asTables}
            marksMs={series?.marks.map(({ atMs }) => atMs) ?? NO_MARKS}
            workers={vault.statistics.workerBusyMs.length}
          />
        </div>
      )}
    </>
  );
}
