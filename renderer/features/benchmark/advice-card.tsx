import { Button } from '@mantine/core';
import { useState } from 'react';
import type { BenchmarkReport } from '../../../shared/model/benchmark.ts';
import type { Settings } from '../../../shared/model/settings.ts';
import { recommendEngine } from '../../../shared/recommend-engine.ts';
import { useBridge } from '../../bridge/bridge-context.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Section } from '../../components/screen.tsx';
import { t } from '../../i18n/translate.ts';
import { useCommand } from '../../store/use-command.ts';
import classes from './benchmark.module.css';
import { sayValue } from './say-figures.ts';

type AdviceCardProps = Readonly<{ report: BenchmarkReport; settings: Settings }>;

/** What the figures speak for, and a button that brings it into force. */
export function AdviceCard({ report, settings }: AdviceCardProps) {
  const bridge = useBridge();
  const command = useCommand();
  const [isDone, setDone] = useState(false);
  const advice = recommendEngine(report);
  if (advice === null) return null;
  const { read, write, readRate, writeRate, storageRate, isStorageTheLimit, threads } = advice;
  const isInForce = settings.readEngine === read && settings.writeEngine === write;
  const apply = async () => {
    const changes = { readEngine: read, writeEngine: write };
    setDone(await command.run(() => bridge.call('settings.update', { changes })));
  };
  return (
    <Section title={t('benchmark.advice')}>
      <div className={classes['advice']}>
        <div>
          <p>
            <strong>
              {t('benchmark.adviceModes', {
                read: t(`engine.${read}`),
                write: t(`engine.${write}`),
              })}
            </strong>
          </p>
          <p>
            {t('benchmark.adviceRates', {
              readRate: sayValue(readRate, 'MiB/s'),
              writeRate: sayValue(writeRate, 'MiB/s'),
            })}
          </p>
          {storageRate !== null && (
            <p>
              {t(isStorageTheLimit ? 'benchmark.adviceStorage' : 'benchmark.adviceCrypto', {
                storageRate: sayValue(storageRate, 'MiB/s'),
              })}
            </p>
          )}
          {threads !== null && <p>{sayKnee(threads)}</p>}
          {!advice.isReliable && (
            <p className={classes['warn']}>{t('benchmark.adviceUnreliable')}</p>
          )}
        </div>
        {isInForce ? (
          <p role="status">{t(isDone ? 'benchmark.appliedDone' : 'benchmark.applied')}</p>
        ) : (
          <Button loading={command.isRunning} onClick={() => void apply()}>
            {t('benchmark.apply')}
          </Button>
        )}
      </div>
      {command.error !== null && <ErrorNotice error={command.error} />}
    </Section>
  );
}

/** Says from how many threads on more of them gain little. */
export function sayKnee(threads: number): string {
  return threads === 1 ? t('benchmark.kneeOne') : t('benchmark.knee', { threads });
}
