import { Button, Group } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { PlusIcon } from '../../components/icons.tsx';
import { ProgressLine } from '../../components/progress-line.tsx';
import { Screen, Section } from '../../components/screen.tsx';
import { t } from '../../i18n/translate.ts';
import type { CreateDefaults } from './create-form.ts';
import classes from './create-screen.module.css';
import { FilesystemField } from './filesystem-field.tsx';
import { PlaceFields } from './place-fields.tsx';
import { Review } from './review.tsx';
import { SecretFields } from './secret-fields.tsx';
import { StepList } from './step-list.tsx';
import { CREATE_STEPS, type CreateStep } from './steps.ts';
import { StrengthFields } from './strength-fields.tsx';
import { type Create, useCreate } from './use-create.ts';

type CreateScreenProps = Readonly<{
  defaults: CreateDefaults;
  /** Called when the vault is there and its unlock has begun; null where it has no id. */
  onCreated: (vaultId: string | null) => void;
  onCancel: () => void;
}>;

/** Makes a new vault in four steps: place and size, secret, strength, review. */
export function CreateScreen({ defaults, onCreated, onCancel }: CreateScreenProps) {
  const create = useCreate(defaults, onCreated);
  const { isRunning } = create.job;
  return (
    <Screen title={t('create.title')} subtitle={t('create.intro')}>
      <form className={classes['form']} onSubmit={create.submit} noValidate>
        <StepList step={create.step} />
        <fieldset className={classes['fields']} disabled={isRunning}>
          {CREATE_STEPS.map((step) => (
            // All steps stay in the page: the passphrase lies in its input and nowhere else.
            <div key={step} hidden={step !== create.step}>
              <Step step={step} create={create} />
            </div>
          ))}
        </fieldset>
        <Footer create={create} onCancel={onCancel} />
      </form>
    </Screen>
  );
}

function Step({ step, create }: Readonly<{ step: CreateStep; create: Create }>) {
  const heading = useRef<HTMLDivElement>(null);
  const { passphrase } = create;
  const isInView = step === create.step;
  const wasInView = useRef(isInView);
  useEffect(() => {
    // What is typed next goes where it belongs; a step that is read first is read out.
    const field = step === 'secret' ? passphrase.current : null;
    if (isInView && !wasInView.current) (field ?? heading.current)?.focus();
    wasInView.current = isInView;
  }, [isInView, step, passphrase]);
  return (
    <div ref={heading} tabIndex={-1} className={classes['step']}>
      <Section title={t(`create.step.${step}`)}>
        {step === 'place' && (
          <>
            <PlaceFields create={create} />
            <FilesystemField form={create.form} />
          </>
        )}
        {step === 'secret' && <SecretFields create={create} />}
        {step === 'strength' && <StrengthFields form={create.form} isShown={isInView} />}
        {step === 'review' && <Review create={create} />}
      </Section>
    </div>
  );
}

function Footer({ create, onCancel }: Readonly<{ create: Create; onCancel: () => void }>) {
  const { job, isRunning, error, cancel } = create.job;
  const isLast = create.step === 'review';
  return (
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
        <Button variant="default" onClick={isRunning ? cancel : onCancel}>
          {t('common.cancel')}
        </Button>
        <Group gap="xs">
          {create.step !== 'place' && (
            <Button variant="default" disabled={isRunning} onClick={create.back}>
              {t('create.back')}
            </Button>
          )}
          <Button type="submit" leftSection={isLast ? <PlusIcon /> : undefined} loading={isRunning}>
            {t(isLast ? 'create.submit' : 'create.next')}
          </Button>
        </Group>
      </Group>
    </div>
  );
}
