import { Checkbox, NativeSelect, Stack, Switch } from '@mantine/core';
import { type AutoLock, LOCK_EVENTS, type LockEvent } from '../../shared/model/auto-lock.ts';
import { useCapabilities } from '../bridge/bridge-context.tsx';
import { formatMinutes } from '../i18n/format.ts';
import { t } from '../i18n/translate.ts';
import classes from './auto-lock-fields.module.css';

type AutoLockFieldsProps = Readonly<{
  value: AutoLock;
  isDisabled?: boolean;
  onChange: (value: AutoLock) => void;
}>;

const IDLE_MINUTES = [1, 5, 10, 15, 30, 60, 120, 240];
const AFTER_MINUTES = [15, 30, 60, 120, 240, 480, 1440];
const NEVER = '';

/** When vaults lock themselves; each change counts as soon as it is made. */
export function AutoLockFields({ value, isDisabled = false, onChange }: AutoLockFieldsProps) {
  const change = (changes: Partial<AutoLock>) => onChange({ ...value, ...changes });
  return (
    <Stack gap="md">
      <div className={classes['pair']}>
        <MinutesField
          label={t('autoLock.idle')}
          text={t('autoLock.idleText')}
          minutes={value.idleMinutes}
          choices={IDLE_MINUTES}
          isDisabled={isDisabled}
          onChange={(idleMinutes) => change({ idleMinutes })}
        />
        <MinutesField
          label={t('autoLock.after')}
          text={t('autoLock.afterText')}
          minutes={value.afterMinutes}
          choices={AFTER_MINUTES}
          isDisabled={isDisabled}
          onChange={(afterMinutes) => change({ afterMinutes })}
        />
      </div>
      <EventFields value={value} isDisabled={isDisabled} change={change} />
      <Switch
        label={t('autoLock.force')}
        description={t('autoLock.forceText')}
        checked={value.isForced}
        disabled={isDisabled}
        onChange={(event) => change({ isForced: event.currentTarget.checked })}
      />
    </Stack>
  );
}

type EventFieldsProps = Readonly<{
  value: AutoLock;
  isDisabled: boolean;
  change: (changes: Partial<AutoLock>) => void;
}>;

function EventFields({ value, isDisabled, change }: EventFieldsProps) {
  const { lockEvents } = useCapabilities();
  const toggle = (name: LockEvent, isOn: boolean) =>
    change({
      events: LOCK_EVENTS.filter((event) => (event === name ? isOn : value.events.includes(event))),
    });
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
            onChange={(event) => toggle(name, event.currentTarget.checked)}
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
