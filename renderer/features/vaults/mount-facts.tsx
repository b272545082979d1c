import { ActionIcon } from '@mantine/core';
import type { ReactNode } from 'react';
import type { EngineSnapshot } from '../../../shared/model/engine.ts';
import type { VaultSnapshot } from '../../../shared/model/vault.ts';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { GaugeIcon } from '../../components/icons.tsx';
import { SpaceBar } from '../../components/space-bar.tsx';
import { formatBytes } from '../../i18n/format.ts';
import { t } from '../../i18n/translate.ts';
import classes from './mount-facts.module.css';

type MountFactsProps = Readonly<{
  vault: VaultSnapshot;
  onShowPerformance: () => void;
  sparkline?: ReactNode;
}>;

/** Facts of a mounted vault: where, how full, with which engine and how much went through it. */
export function MountFacts({ vault, onShowPerformance, sparkline }: MountFactsProps) {
  const { usage, engine, traffic } = vault;
  return (
    <div className={classes['facts']}>
      <div className={classes['place']}>
        <span className={classes['caption']}>{t('vaults.mountedAt')}</span>
        <code title={vault.mountPoint ?? ''}>{vault.mountPoint}</code>
        <span className={classes['caption']}>{describeWay(vault)}</span>
        {vault.filesystemNotes.map((note) => (
          <span key={note} className={classes['caption']}>
            {note}
          </span>
        ))}
        {vault.fault !== null && <ErrorNotice error={vault.fault} />}
      </div>
      {usage !== null && usage.totalBytes > 0 && (
        <div className={classes['usage']}>
          <SpaceBar
            label={t('vaults.spaceOf', { name: vault.name })}
            text={t('vaults.free', {
              free: formatBytes(usage.freeBytes),
              total: formatBytes(usage.totalBytes),
            })}
            fraction={1 - usage.freeBytes / usage.totalBytes}
          />
        </div>
      )}
      <div className={classes['engine']}>
        {engine !== null && (
          <span className={classes['words']}>
            {describeEngine(engine)}
            <ActionIcon
              size={24}
              variant="subtle"
              color="gray"
              className={classes['gauge'] ?? ''}
              aria-label={t('vaults.performanceNamed', { name: vault.name })}
              onClick={onShowPerformance}
            >
              <GaugeIcon size={16} />
            </ActionIcon>
          </span>
        )}
        {sparkline}
        {traffic !== null && (
          <span>
            {t('vaults.traffic', {
              read: formatBytes(traffic.readBytes),
              written: formatBytes(traffic.writtenBytes),
            })}
          </span>
        )}
      </div>
    </div>
  );
}

/** How it is mounted, and what is in it: `FUSE, FAT32`. */
function describeWay({ backend, filesystem }: VaultSnapshot): string {
  const names = [backend, filesystem].map((name) => DISPLAY_NAMES[name ?? ''] ?? name);
  return names.filter(Boolean).join(', ');
}

const DISPLAY_NAMES: Readonly<Record<string, string>> = {
  fuse: 'FUSE',
  nbd: 'NBD',
  webdav: 'WebDAV',
  dmcrypt: 'dm-crypt',
  vfat: 'FAT32',
  fat32: 'FAT32',
};

function describeEngine({ read, write, provider }: EngineSnapshot): string {
  const words = { read: t(`engine.${read}`), write: t(`engine.${write}`) };
  const modes = t(read === write ? 'vaults.engine' : 'vaults.engineSplit', words);
  return `${modes} (${provider})`;
}
