import { Checkbox, NativeSelect, Stack, Switch } from '@mantine/core';
import { type AutoLock, type AutoLockChanges, LOCK_EVENTS } from '../../shared/model/auto-lock.ts';
import { useCapabilities } from '../bridge/bridge-context.tsx';
import { formatMinutes } from '../i18n/format.ts';
import { t } from '../i18n/translate.ts';
import classes from './auto-lock-fields.module.css';

type AutoLockFieldsProps = Readonly<{
  value: AutoLock;
  isDisabled?: boolean;
  /** Told what a choice changes, and nothing else. */
  onChange: (changes: AutoLockChanges) => void;
}>;

const IDLE_MINUTES = [1, 5, 10, 15, 30, 60, 120, 240];
const AFTER_MINUTES = [15, 30, 60, 120, 240, 480, 1440];
const NEVER = '';

/** When vaults lock themselves; each change counts as soon as it is made. */
export function AutoLockFields({ value, isDisabled = false, onChange }: AutoLockFieldsProps) {
  return (
    <Stack gap="md">
      <div className={classes['pair']}>
        <MinutesField
          label={t('autoLock.idle')}
          text={t('autoLock.idleText')}
          minutes={value.idleMinutes}
          choices={IDLE_MINUTES}
          isDisabled={isDisabled}
          onChange={(idleMinutes) => onChange({ idleMinutes })}
        />
        <MinutesField
          label={t('autoLock.after')}
          text={t('autoLock.afterText')}
          minutes={value.afterMinutes}
          choices={AFTER_MINUTES}
          isDisabled={isDisabled}
          onChange={(afterMinutes) => onChange({ afterMinutes })}
        />
      </div>
      <EventFields value={value} isDisabled={isDisabled} change={onChange} />
      <Switch
        label={t('autoLock.force')}
        description={t('autoLock.forceText')}
        checked={value.isForced}
        disabled={isDisabled}
        onChange={(event) => onChange({ isForced: event.currentTarget.checked })}
      />
    </Stack>
  );
}

type EventFieldsProps = Readonly<{
  value: AutoLock;
  isDisabled: boolean;
  change: (changes: AutoLockChanges) => void;
}>;

function EventFields({ value, isDisabled, change }: EventFieldsProps) {
  const { lockEvents } = useCapabilities();
  return (
    <fieldset className={classes['events']} disabled={isDisabled}>
      <legend>{t('autoLock.when')}</legend>
      {LOCK_EVENTS.map((name) => {
        const isKnown = lockEvents.includes(name);
        return (
          <Checkbox
            key={name}
            label={t(`autoLock.event.${name}`)}
            description={isKnown ? undefined : t('autoLock.eventUnknown')}
            checked={value.events.includes(name)}
            onChange={(event) => change({ events: { [name]: event.currentTarget.checked } })}
          />
        );
      })}
      <Checkbox
        label={t('autoLock.exit')}
        checked={value.onExit}
        onChange={(event) => change({ onExit: event.currentTarget.checked })}
      />
    </fieldset>
  );
}

type MinutesFieldProps = Readonly<{
  label: string;
  text: string;
  minutes: number | null;
  choices: readonly number[];
  isDisabled: boolean;
  onChange: (minutes: number | null) => void;
}>;

function MinutesField({ label, text, minutes, choices, isDisabled, onChange }: MinutesFieldProps) {
  const isOther = minutes !== null && !choices.includes(minutes);
  const offered = isOther ? [...choices, minutes].toSorted((a, b) => a - b) : choices;
  return (
    <NativeSelect
      label={label}
      description={text}
      value={minutes === null ? NEVER : String(minutes)}
      disabled={isDisabled}
      data={[
        { value: NEVER, label: t('autoLock.never') },
        ...offered.map((count) => ({ value: String(count), label: formatMinutes(count) })),
      ]}
      onChange={({ currentTarget: { value } }) => onChange(value === NEVER ? null : Number(value))}
    />
  );
}
