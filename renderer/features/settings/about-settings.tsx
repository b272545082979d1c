import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import type { Licence } from '../../../shared/model/licence.ts';
import { useBridge } from '../../bridge/bridge-context.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { t } from '../../i18n/translate.ts';
import type { SettingsProps } from './settings-props.ts';
import classes from './settings-screen.module.css';

/** Version, what Lockline never does, and the licences of all that comes with it. */
export function AboutSettings({ snapshot, command }: SettingsProps) {
  const bridge = useBridge();
  const [licences, setLicences] = useState<readonly Licence[] | null>(null);
  const show = () => command.run(async () => setLicences(await bridge.call('app.licences', {})));
  return (
    <>
      <p className={classes['text']}>
        {t('settings.version', { version: snapshot.version })}. {t('settings.noNetwork')}
      </p>
      <Group justify="space-between" gap="md">
        <p className={classes['beside']}>{t('settings.licencesText')}</p>
        <Button variant="default" onClick={() => void show()}>
          {t('settings.licencesShow')}
        </Button>
      </Group>
      {licences !== null && (
        <Dialog title={t('settings.licences')} size="lg" onClose={() => setLicences(null)}>
          {licences.length === 0 ? (
            <p className={classes['text']}>{t('settings.licencesNone')}</p>
          ) : (
            <ul className={classes['licences']}>
              {licences.map((licence) => (
                <LicenceEntry key={`${licence.name}@${licence.version}`} {...licence} />
              ))}
            </ul>
          )}
        </Dialog>
      )}
    </>
  );
}

function LicenceEntry({ name, version, licence, text }: Licence) {
  const title = `${name} ${version}: ${licence}`;
  if (text === null) return <li>{title}</li>;
  return (
    <li>
      <details>
        <summary>{title}</summary>
        <pre>{text}</pre>
      </details>
    </li>
  );
}
