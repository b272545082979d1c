import { NativeSelect } from '@mantine/core';
import type { EngineChanges } from '../../../shared/model/engine.ts';
import type { Settings } from '../../../shared/model/settings.ts';
import {
  threadOptions as allThreads,
  modeOptions as modes,
  NO_CHOICE,
  parseMode,
} from '../../components/engine-modes.tsx';
import { FieldGrid } from '../../components/field-grid.tsx';
import { ProviderFields } from '../../components/provider-fields.tsx';
import { t } from '../../i18n/translate.ts';
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
    <FieldGrid>
      {field('read', modeOptions(settings.readEngine), (value) => ({ read: parseMode(value) }))}
      {field('write', modeOptions(settings.writeEngine), (value) => ({ write: parseMode(value) }))}
      {field('threads', threadOptions(settings.threads), (value) => ({
        threads: value === NO_CHOICE ? null : Number(value),
      }))}
      <ProviderFields
        value={preference.provider}
        inherited={settings.provider}
        noChoice={
          settings.provider === null
            ? undefined
            : t('engine.asSettings', { mode: settings.provider })
        }
        isDisabled={isDisabled}
        onChange={(provider) => change({ provider })}
      />
    </FieldGrid>
  );
}

function threadOptions(inSettings: Settings['threads']) {
  const [automatic, ...counts] = allThreads();
  return [inSettings === null ? automatic : asSettings(String(inSettings)), ...counts];
}

function asSettings(mode: string) {
  return { value: NO_CHOICE, label: t('engine.asSettings', { mode }) };
}
