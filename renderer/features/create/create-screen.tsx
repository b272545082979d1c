import { Button, Group, Text } from '@mantine/core';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { PlusIcon } from '../../components/icons.tsx';
import { ProgressLine } from '../../components/progress-line.tsx';
import { Card, Screen, Section } from '../../components/screen.tsx';
import { t } from '../../i18n/translate.ts';
import { AdvancedFields } from './advanced-fields.tsx';
import classes from './create-screen.module.css';
import { FilesystemField } from './filesystem-field.tsx';
import { PassphrasePair } from './passphrase-pair.tsx';
import { PlaceFields } from './place-fields.tsx';
import { useCreate } from './use-create.ts';

type CreateScreenProps = Readonly<{
  kdfTimeMs: number;
  /** Called with the file's name when the vault is there. */
  onCreated: (name: string) => void;
  onCancel: () => void;
}>;

/** Makes a new vault: place and size, passphrase, filesystem, and a fold for the rest. */
export function CreateScreen({ kdfTimeMs, onCreated, onCancel }: CreateScreenProps) {
  const create = useCreate(kdfTimeMs, onCreated);
  const { job, isRunning, error, cancel } = create.job;
  return (
    <Screen title={t('create.title')} subtitle={t('create.intro')}>
      <form className={classes['form']} onSubmit={create.submit} noValidate>
        <fieldset className={classes['fields']} disabled={isRunning}>
          <Section title={t('create.whereLegend')}>
            <PlaceFields create={create} />
          </Section>
          <Section title={t('create.secretLegend')}>
            <PassphrasePair create={create} />
          </Section>
          <Section title={t('create.filesystemLegend')}>
            <FilesystemField form={create.form} />
          </Section>
          <Card>
            <AdvancedFields form={create.form} />
          </Card>
        </fieldset>
        <div className={classes['footer']}>
          {error !== null && <ErrorNotice error={error} />}
          {isRunning && (
            <ProgressLine
              label={t('create.running', { name: create.name })}
              phase={t(`phase.${job?.phase ?? 'starting'}`)}
              fraction={job?.fraction ?? null}
            />
          )}
          <Group justify="space-between" gap="xs">
            <Text size="xs" c="dimmed" flex="1 1 240px">
              {t('create.lossText')}
            </Text>
            <Group gap="xs">
              <Button variant="default" onClick={isRunning ? cancel : onCancel}>
                {t('common.cancel')}
              </Button>
              <Button type="submit" leftSection={<PlusIcon />} loading={isRunning}>
                {t('create.submit')}
              </Button>
            </Group>
          </Group>
        </div>
      </form>
    </Screen>
  );
}
