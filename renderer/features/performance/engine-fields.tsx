import { NativeSelect } from '@mantine/core';
import {
  type EngineChanges,
  MAX_ENGINE_THREADS,
  PROVIDER_NAMES,
} from '../../../shared/model/engine.ts';
import type { Settings } from '../../../shared/model/settings.ts';
import { modeOptions as modes, parseMode } from '../../components/engine-modes.tsx';
import { t } from '../../i18n/translate.ts';
import classes from './engine-fields.module.css';
import type { Tune } from './use-tune.ts';

/** Value of a select that leaves the choice to Lockline. */
const NO_CHOICE = '';

type EngineFieldsProps = Readonly<{ tune: Tune; settings: Settings; isDisabled: boolean }>;

/** The choices of a vault's engine; each counts as soon as it is made. */
export function EngineFields({ tune, settings, isDisabled }: EngineFieldsProps) {
  const { preference, change } = tune;
  const modeOptions = (inSettings: Settings['readEngine']) => [
    {
      value: NO_CHOICE,
      label: t('engine.asSettings', { mode: t(`engine.${inSettings}`) }),
    },
    ...modes(),
  ];
  const field = (
    name: keyof EngineChanges,
    data: readonly Readonly<{ value: string; label: string }>[],
    parse: (value: string) => EngineChanges,
  ) => (
    <NativeSelect
      label={t(`engine.${name}`)}
      value={String(preference[name] ?? NO_CHOICE)}
      data={[...data]}
      disabled={isDisabled}
      onChange={(event) => change(parse(event.currentTarget.value))}
    />
  );
  return (
    <div className={classes['fields']}>
      {field('read', modeOptions(settings.readEngine), (value) => ({ read: parseMode(value) }))}
      {field('write', modeOptions(settings.writeEngine), (value) => ({ write: parseMode(value) }))}
      {field('provider', providerOptions(), (value) => ({
        provider: PROVIDER_NAMES.find((name) => name === value) ?? null,
      }))}
      {field('threads', threadOptions(), (value) => ({
        threads: value === NO_CHOICE ? null : Number(value),
      }))}
    </div>
  );
}

function providerOptions() {
  return [
    { value: NO_CHOICE, label: t('engine.providerAuto') },
    ...PROVIDER_NAMES.map((name) => ({ value: name, label: name })),
  ];
}

function threadOptions() {
  return [
    { value: NO_CHOICE, label: t('engine.threadsAuto') },
    ...Array.from({ length: MAX_ENGINE_THREADS }, (_, index) => {
      const count = String(index + 1);
      return { value: count, label: count };
    }),
  ];
}
