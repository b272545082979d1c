import { Button, Group } from '@mantine/core';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { ProgressLine } from '../../components/progress-line.tsx';
import { t } from '../../i18n/translate.ts';
import type { FollowedJob } from '../../store/use-job.ts';

type JobButtonsProps = Readonly<{
  job: FollowedJob;
  title: string;
  submit: string;
  isDangerous?: boolean;
  isDisabled?: boolean;
  onClose: () => void;
}>;

/** The foot of a dialog that runs a job: error, progress, and the buttons. */
export function JobButtons(props: JobButtonsProps) {
  const { job, title, submit, isDangerous = false, isDisabled = false, onClose } = props;
  return (
    <>
      {job.error !== null && <ErrorNotice error={job.error} />}
      {job.isRunning && (
        <ProgressLine
          label={title}
          phase={t(`phase.${job.job?.phase ?? 'starting'}`)}
          fraction={job.job?.fraction ?? null}
        />
      )}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={job.isRunning ? job.cancel : onClose}>
          {t('common.cancel')}
        </Button>
        <Button
          type="submit"
          loading={job.isRunning}
          disabled={isDisabled}
          {...(isDangerous ? { color: 'red.9' } : {})}
        >
          {submit}
        </Button>
      </Group>
    </>
  );
}
