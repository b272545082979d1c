import { Switch } from '@mantine/core';
import { useState } from 'react';
import { useKdfEstimate } from '../../bridge/use-kdf-estimate.ts';
import { BackendSelect } from '../../components/backend-select.tsx';
import { EngineDefaults, SectorSelect } from '../../components/engine-defaults.tsx';
import { EngineModes } from '../../components/engine-modes.tsx';
import { describeEstimate, KdfTime } from '../../components/kdf-time.tsx';
import { t } from '../../i18n/translate.ts';
import type { SettingsProps } from './settings-props.ts';
import classes from './settings-screen.module.css';

/** Where the crypto runs, for vaults without a choice of their own. */
export function EngineSettings({ snapshot, change }: SettingsProps) {
  return (
    <>
      <EngineDefaults settings={snapshot.settings} change={change} />
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
      <div className={classes['narrow']}>
        <SectorSelect settings={snapshot.settings} change={change} />
      </div>
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
