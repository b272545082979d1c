import { Button, NativeSelect, SegmentedControl } from '@mantine/core';
import { BENCHMARK_GROUPS } from '../../../shared/model/benchmark.ts';
import type { VaultSnapshot } from '../../../shared/model/vault.ts';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { ProgressLine } from '../../components/progress-line.tsx';
import { Section } from '../../components/screen.tsx';
import { t } from '../../i18n/translate.ts';
import classes from './benchmark.module.css';
import type { Benchmarks } from './use-benchmarks.ts';

type RunPanelProps = Readonly<{ benchmarks: Benchmarks; vaults: readonly VaultSnapshot[] }>;

/** What is measured, how, and how far it is. */
export function RunPanel({ benchmarks, vaults }: RunPanelProps) {
  const { job, error, choice, choose, run, cancel } = benchmarks;
  const isRunning = job !== null;
  const places = vaults
    .filter(({ state }) => state !== 'missing')
    .map(({ id, name, state }) => ({
      value: id,
      label: t(state === 'mounted' ? 'benchmark.placeMounted' : 'benchmark.placeVault', { name }),
    }));
  return (
    <Section title={t('benchmark.runTitle')}>
      <div className={classes['bar']}>
        <NativeSelect
          label={t('benchmark.place')}
          description={t('benchmark.placeText')}
          value={choice.vaultId ?? ''}
          data={[{ value: '', label: t('benchmark.placeOwn') }, ...places]}
          disabled={isRunning}
          onChange={({ currentTarget: { value } }) =>
            choose({ vaultId: value === '' ? null : value })
          }
        />
        <SegmentedControl
          aria-label={t('benchmark.depth')}
          value={choice.isQuick ? 'quick' : 'full'}
          disabled={isRunning}
          data={[
            { value: 'full', label: t('benchmark.full') },
            { value: 'quick', label: t('benchmark.quick') },
          ]}
          onChange={(value) => choose({ isQuick: value === 'quick' })}
        />
        {isRunning ? (
          <Button variant="default" onClick={cancel}>
            {t('common.cancel')}
          </Button>
        ) : (
          <Button onClick={() => run(BENCHMARK_GROUPS)}>{t('benchmark.runAll')}</Button>
        )}
      </div>
      {job !== null && (
        <>
          <ProgressLine
            label={t('job.benchmark')}
            phase={t(`phase.${job.phase}`)}
            fraction={job.fraction}
          />
          <p className={classes['hint']}>{t('benchmark.running')}</p>
        </>
      )}
      {error !== null && <ErrorNotice error={error} />}
    </Section>
  );
}
