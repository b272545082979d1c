import { ActionIcon, Button } from '@mantine/core';
import type { JobSnapshot } from '../../../shared/model/job.ts';
import { useBridge } from '../../bridge/bridge-context.tsx';
import { ErrorNotice, NoticeButton } from '../../components/error-notice.tsx';
import { CloseIcon } from '../../components/icons.tsx';
import { ProgressLine } from '../../components/progress-line.tsx';
import { t } from '../../i18n/translate.ts';
import { describePace } from './job-pace.ts';
import { jobTitle } from './job-title.ts';
import classes from './jobs-panel.module.css';

type JobsPanelProps = Readonly<{
  jobs: readonly JobSnapshot[];
  /** Locks again after a failure; what is busy then is asked about there. */
  onRetryLock: (vaultId: string) => void;
}>;

/** Work under way, with cancel, and work that failed, with its reason until it is dismissed. */
export function JobsPanel({ jobs, onRetryLock }: JobsPanelProps) {
  const shown = jobs.filter(
    ({ state, isDismissed }) => state === 'running' || (state === 'failed' && !isDismissed),
  );
  if (shown.length === 0) return null;
  return (
    <ul className={classes['jobs']} aria-label={t('job.list')}>
      {shown.map((job) => (
        <li key={job.id} className={classes['job']}>
          {job.state === 'running' ? (
            <RunningJob job={job} />
          ) : (
            <FailedJob job={job} onRetryLock={onRetryLock} />
          )}
        </li>
      ))}
    </ul>
  );
}

/** A job under way: how far it is, how fast, how long still; and the way to stop it. */
export function RunningJob({ job }: { job: JobSnapshot }) {
  const bridge = useBridge();
  const title = jobTitle(job);
  return (
    <>
      <div className={classes['head']}>
        <strong>{title}</strong>
        <Button
          size="compact-sm"
          variant="default"
          aria-label={t('job.cancelNamed', { title })}
          onClick={() => bridge.send('job.cancel', { jobId: job.id })}
        >
          {t('common.cancel')}
        </Button>
      </div>
      <ProgressLine
        label={title}
        phase={t(`phase.${job.phase}`)}
        fraction={job.fraction}
        pace={describePace(job, Date.now())}
      />
    </>
  );
}

type FailedJobProps = Readonly<{ job: JobSnapshot }> & Pick<JobsPanelProps, 'onRetryLock'>;

function FailedJob({ job, onRetryLock }: FailedJobProps) {
  const bridge = useBridge();
  const title = jobTitle(job);
  const dismiss = () => bridge.send('job.dismiss', { jobId: job.id });
  return (
    <>
      <div className={classes['head']}>
        <strong>{title}</strong>
        <ActionIcon
          variant="subtle"
          color="gray"
          className={classes['close'] ?? ''}
          aria-label={t('job.dismissNamed', { title })}
          onClick={dismiss}
        >
          <CloseIcon />
        </ActionIcon>
      </div>
      <ErrorNotice
        error={job.error}
        actions={
          job.kind === 'lock' &&
          job.vaultId !== null && (
            <NoticeButton
              onClick={() => {
                dismiss();
                onRetryLock(job.vaultId ?? '');
              }}
            >
              {t('common.tryAgain')}
            </NoticeButton>
          )
        }
      />
    </>
  );
}
