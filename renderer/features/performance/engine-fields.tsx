import { NativeSelect } from '@mantine/core';
import { type EngineChanges, PROVIDER_NAMES } from '../../../shared/model/engine.ts';
import type { Settings } from '../../../shared/model/settings.ts';
import {
  providerOptions as allProviders,
  threadOptions as allThreads,
  modeOptions as modes,
  NO_CHOICE,
  parseMode,
} from '../../components/engine-modes.tsx';
import { t } from '../../i18n/translate.ts';
import classes from './engine-fields.module.css';
import type { Tune } from './use-tune.ts';

type EngineFieldsProps = Readonly<{ tune: Tune; settings: Settings; isDisabled: boolean }>;

/** The choices of a vault's engine; each counts as soon as it is made. */
export function EngineFields({ tune, settings, isDisabled }: EngineFieldsProps) {
  const { preference, change } = tune;
  const modeOptions = (inSettings: Settings['readEngine']) => [
    asSettings(t(`engine.${inSettings}`)),
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
      {field('provider', providerOptions(settings.provider), (value) => ({
        provider: PROVIDER_NAMES.find((name) => name === value) ?? null,
      }))}
      {field('threads', threadOptions(settings.threads), (value) => ({
        threads: value === NO_CHOICE ? null : Number(value),
      }))}
    </div>
  );
}

function providerOptions(inSettings: Settings['provider']) {
  const [automatic, ...pinned] = allProviders();
  return [inSettings === null ? automatic : asSettings(inSettings), ...pinned];
}

function threadOptions(inSettings: Settings['threads']) {
  const [automatic, ...counts] = allThreads();
  return [inSettings === null ? automatic : asSettings(String(inSettings)), ...counts];
}

function asSettings(mode: string) {
  return { value: NO_CHOICE, label: t('engine.asSettings', { mode }) };
}
