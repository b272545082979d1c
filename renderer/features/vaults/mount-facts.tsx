import type { EngineSnapshot } from '../../../shared/model/engine.ts';
import type { VaultSnapshot } from '../../../shared/model/vault.ts';
import { formatSize } from '../../../shared/units.ts';
import { SpaceBar } from '../../components/space-bar.tsx';
import { t } from '../../i18n/translate.ts';
import classes from './mount-facts.module.css';

/** Facts of a mounted vault: where, how full, with which engine and how much went through it. */
export function MountFacts({ vault }: { vault: VaultSnapshot }) {
  const { usage, engine, traffic } = vault;
  return (
    <div className={classes['facts']}>
      <div className={classes['place']}>
        <span className={classes['caption']}>{t('vaults.mountedAt')}</span>
        <code title={vault.mountPoint ?? ''}>{vault.mountPoint}</code>
      </div>
      {usage !== null && usage.totalBytes > 0 && (
        <div className={classes['usage']}>
          <SpaceBar
            label={t('vaults.spaceOf', { name: vault.name })}
            text={t('vaults.free', {
              free: formatSize(usage.freeBytes),
              total: formatSize(usage.totalBytes),
            })}
            fraction={1 - usage.freeBytes / usage.totalBytes}
          />
        </div>
      )}
      <div className={classes['engine']}>
        {engine !== null && <span>{describeEngine(engine)}</span>}
        {traffic !== null && (
          <span>
            {t('vaults.traffic', {
              read: formatSize(traffic.readBytes),
              written: formatSize(traffic.writtenBytes),
            })}
          </span>
        )}
      </div>
    </div>
  );
}

function describeEngine({ read, write, provider }: EngineSnapshot): string {
  const modes =
    read === write ? t('vaults.engine', { read }) : t('vaults.engineSplit', { read, write });
  return `${modes} (${provider})`;
}
