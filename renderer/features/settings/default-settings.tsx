import { NativeSelect, Switch } from '@mantine/core';
import { useState } from 'react';
import { PROVIDER_NAMES } from '../../../shared/model/engine.ts';
import { useKdfEstimate } from '../../bridge/use-kdf-estimate.ts';
import { BackendSelect } from '../../components/backend-select.tsx';
import {
  EngineModes,
  modeOptions,
  NO_CHOICE,
  parseMode,
  providerOptions,
  threadOptions,
} from '../../components/engine-modes.tsx';
import { describeEstimate, KdfTime } from '../../components/kdf-time.tsx';
import { t } from '../../i18n/translate.ts';
import type { SettingsProps } from './settings-props.ts';
import classes from './settings-screen.module.css';

const DIRECTION_FIELDS = [
  { field: 'readEngine', words: 'engine.read' },
  { field: 'writeEngine', words: 'engine.write' },
] as const;

/** Where the crypto runs, for vaults without a choice of their own. */
export function EngineSettings({ snapshot, change }: SettingsProps) {
  return (
    <>
      <div className={classes['pair']}>
        {DIRECTION_FIELDS.map(({ field, words }) => (
          <NativeSelect
            key={field}
            label={t(words)}
            value={snapshot.settings[field]}
            data={modeOptions()}
            onChange={(event) => {
              const mode = parseMode(event.currentTarget.value);
              if (mode !== null) change({ [field]: mode });
            }}
          />
        ))}
        <NativeSelect
          label={t('engine.provider')}
          value={snapshot.settings.provider ?? NO_CHOICE}
          data={[...providerOptions()]}
          onChange={({ currentTarget: { value } }) =>
            change({ provider: PROVIDER_NAMES.find((name) => name === value) ?? null })
          }
        />
        <NativeSelect
          label={t('engine.threads')}
          value={String(snapshot.settings.threads ?? NO_CHOICE)}
          data={[...threadOptions()]}
          onChange={({ currentTarget: { value } }) =>
            change({ threads: value === NO_CHOICE ? null : Number(value) })
          }
        />
      </div>
      <EngineModes />
      <p className={classes['text']}>
        {t('settings.providerText')} {t('settings.engineText')}
      </p>
    </>
  );
}

/** What an unlock of a new vault costs. */
export function KdfSettings({ snapshot, change }: SettingsProps) {
  const [draftMs, setDraftMs] = useState<number | null>(null);
  const { kdfTimeMs } = snapshot.settings;
  const estimate = useKdfEstimate('argon2id', kdfTimeMs, true);
  return (
    <>
      <KdfTime
        label={t('settings.kdfTime')}
        valueMs={draftMs ?? kdfTimeMs}
        text={describeEstimate(estimate)}
        onChange={setDraftMs}
        onSettled={(settledMs) => {
          change({ kdfTimeMs: settledMs });
          setDraftMs(null);
        }}
      />
      <NativeSelect
        className={classes['narrow'] ?? ''}
        label={t('create.sector')}
        description={t('create.sectorText')}
        value={String(snapshot.settings.sectorBytes)}
        data={['4096', '512']}
        onChange={({ currentTarget: { value } }) =>
          change({ sectorBytes: value === '512' ? 512 : 4096 })
        }
      />
    </>
  );
}

/** How vaults are mounted. */
export function MountSettings({ snapshot, change }: SettingsProps) {
  return (
    <>
      <BackendSelect
        label={t('backend.field')}
        description={t('backend.settingsText')}
        value={snapshot.settings.backend}
        onChange={(backend) => backend !== null && change({ backend })}
      />
      <Switch
        label={t('settings.mountReadOnly')}
        description={t('settings.mountReadOnlyText')}
        checked={snapshot.settings.mountReadOnly}
        onChange={(event) => change({ mountReadOnly: event.currentTarget.checked })}
      />
    </>
  );
}
