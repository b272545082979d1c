import { NativeSelect } from '@mantine/core';
import type { Settings, SettingsChanges } from '../../shared/model/settings.ts';
import { t } from '../i18n/translate.ts';
import { modeOptions, NO_CHOICE, parseMode, threadOptions } from './engine-modes.tsx';
import { FieldGrid } from './field-grid.tsx';
import { ProviderFields } from './provider-fields.tsx';

const DIRECTION_FIELDS = [
  { field: 'readEngine', words: 'engine.read' },
  { field: 'writeEngine', words: 'engine.write' },
] as const;

type DefaultsProps = Readonly<{
  settings: Settings;
  change: (changes: SettingsChanges) => void;
}>;

/** Where the crypto runs, for vaults without a choice of their own. */
export function EngineDefaults({ settings, change }: DefaultsProps) {
  return (
    <FieldGrid>
      {DIRECTION_FIELDS.map(({ field, words }) => (
        <NativeSelect
          key={field}
          label={t(words)}
          value={settings[field]}
          data={modeOptions()}
          onChange={(event) => {
            const mode = parseMode(event.currentTarget.value);
            if (mode !== null) change({ [field]: mode });
          }}
        />
      ))}
      <NativeSelect
        label={t('engine.threads')}
        value={String(settings.threads ?? NO_CHOICE)}
        data={[...threadOptions()]}
        onChange={({ currentTarget: { value } }) =>
          change({ threads: value === NO_CHOICE ? null : Number(value) })
        }
      />
      <ProviderFields
        value={settings.provider}
        inherited={null}
        onChange={(provider) => change({ provider })}
      />
    </FieldGrid>
  );
}

/** Encryption sector of vaults that are still to be made. */
export function SectorSelect({ settings, change }: DefaultsProps) {
  return (
    <NativeSelect
      label={t('create.sector')}
      description={t('create.sectorText')}
      value={String(settings.sectorBytes)}
      data={['4096', '512']}
      onChange={({ currentTarget: { value } }) =>
        change({ sectorBytes: value === '512' ? 512 : 4096 })
      }
    />
  );
}
