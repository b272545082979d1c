import { Button } from '@mantine/core';
import type { JobSnapshot, JobState, PhaseTime } from '../../../shared/model/job.ts';
import { useBridge } from '../../bridge/bridge-context.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Screen } from '../../components/screen.tsx';
import { type BadgeTone, StateBadge } from '../../components/state-badge.tsx';
import { formatDuration, formatSeconds, formatTime } from '../../i18n/format.ts';
import { t } from '../../i18n/translate.ts';
import { jobTitle } from './job-title.ts';
import classes from './jobs-panel.module.css';
import { RunningJob } from './jobs-panel.tsx';

/** All that runs and has run since Lockline was started, the newest first. */
export function JobsScreen({ jobs }: { jobs: readonly JobSnapshot[] }) {
  const bridge = useBridge();
  const hasEnded = jobs.some(({ state }) => state !== 'running');
  return (
    <Screen
      title={t('jobs.title')}
      subtitle={t('jobs.subtitle')}
      actions={
        hasEnded && (
          <Button variant="default" onClick={() => bridge.send('job.clear', {})}>
            {t('jobs.clear')}
          </Button>
        )
      }
    >
      {jobs.length === 0 ? (
        <p className={classes['none']}>{t('jobs.none')}</p>
      ) : (
        <ul className={classes['jobs']} aria-label={t('job.list')}>
          {jobs.toReversed().map((job) => (
            <li key={job.id} className={classes['job']}>
              {job.state === 'running' ? <RunningJob job={job} /> : <EndedJob job={job} />}
            </li>
          ))}
        </ul>
      )}
    </Screen>
  );
}

const TONES: Readonly<Record<Exclude<JobState, 'running'>, BadgeTone>> = {
  done: 'done',
  failed: 'bad',
  cancelled: 'stopped',
};

/** A phase that took less is not what anybody waited for, and would be said as nothing. */
const LEAST_SHOWN_MS = 50;
/** Below that a tenth of a second makes a difference. */
const FEW_SECONDS_MS = 10_000;

function sayTime(ms: number): string {
  return ms < FEW_SECONDS_MS
    ? t('time.seconds', { seconds: formatSeconds(ms) })
    : formatDuration(ms);
}

/** The same phase at two times is one. */
function sumPhases(phases: readonly PhaseTime[]): readonly PhaseTime[] {
  const sums = new Map<PhaseTime['phase'], number>();
  for (const { phase, tookMs } of phases) sums.set(phase, (sums.get(phase) ?? 0) + tookMs);
  return [...sums].map(([phase, tookMs]) => ({ phase, tookMs }));
}

/** Says where the time of a job went: `Deriving the key 1.9 s · Mounting 0.2 s`. */
function sayPhases(phases: readonly PhaseTime[]): string {
  return phases
    .map(({ phase, tookMs }) =>
      t('jobs.phaseTook', { phase: t(`phase.${phase}`), seconds: formatSeconds(tookMs) }),
    )
    .join(' · ');
}

function EndedJob({ job }: { job: JobSnapshot }) {
  const { state, startedMs, endedMs, error } = job;
  const phases = sumPhases(job.phases).filter(({ tookMs }) => tookMs >= LEAST_SHOWN_MS);
  if (state === 'running') return null;
  const time = formatTime(endedMs ?? startedMs);
  const took = sayTime((endedMs ?? startedMs) - startedMs);
  return (
    <>
      <div className={classes['head']}>
        <strong>{jobTitle(job)}</strong>
        <span className={classes['when']}>{t('jobs.endedAt', { time, took })}</span>
        <StateBadge tone={TONES[state]}>{t(`jobs.${state}`)}</StateBadge>
      </div>
      {phases.length > 1 && <p className={classes['phases']}>{sayPhases(phases)}</p>}
      {error !== null && <ErrorNotice error={error} isOld />}
    </>
  );
}
