import type { Settings, SettingsChanges } from '../../../shared/model/settings.ts';
import { useBridge } from '../../bridge/bridge-context.tsx';
import { BackendSelect } from '../../components/backend-select.tsx';
import { EngineDefaults, SectorSelect } from '../../components/engine-defaults.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Fold } from '../../components/fold.tsx';
import { Card } from '../../components/screen.tsx';
import { t } from '../../i18n/translate.ts';
import { useCommand } from '../../store/use-command.ts';
import classes from './benchmark.module.css';

/** What the figures help to choose, for all vaults; the same choices as in the settings. */
export function DefaultsCard({ settings }: { settings: Settings }) {
  const bridge = useBridge();
  const command = useCommand();
  const change = (changes: SettingsChanges) =>
    void command.run(() => bridge.call('settings.update', { changes }));
  return (
    <Card>
      <Fold label={t('benchmark.defaults')}>
        <div className={classes['content']}>
          <p className={classes['hint']}>{t('benchmark.defaultsText')}</p>
          <EngineDefaults settings={settings} change={change} />
          <div className={classes['options']}>
            <BackendSelect
              label={t('backend.field')}
              description={t('backend.settingsText')}
              value={settings.backend}
              onChange={(backend) => backend !== null && change({ backend })}
            />
            <SectorSelect settings={settings} change={change} />
          </div>
          {command.error !== null && <ErrorNotice error={command.error} />}
        </div>
      </Fold>
    </Card>
  );
}
