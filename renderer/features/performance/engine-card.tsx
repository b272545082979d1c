import type { ReactNode } from 'react';
import type { EngineEvents, EngineSnapshot } from '../../../shared/model/engine.ts';
import type { Settings } from '../../../shared/model/settings.ts';
import type { VaultSnapshot, VaultState } from '../../../shared/model/vault.ts';
import { EngineModes } from '../../components/engine-modes.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Fold } from '../../components/fold.tsx';
import { Section } from '../../components/screen.tsx';
import { t } from '../../i18n/translate.ts';
import classes from './engine-card.module.css';
import { EngineFields } from './engine-fields.tsx';
import { MemoryFields } from './memory-fields.tsx';
import { useTune } from './use-tune.ts';

type EngineCardProps = Readonly<{
  vault: VaultSnapshot;
  settings: Settings;
  /** Choices that only some backends have, below those that all have. */
  backendFields: ReactNode;
}>;

/** Between two states nobody knows which engine a change would reach. */
const UNSETTLED: readonly VaultState[] = ['unlocking', 'locking'];

/** The choices of a vault's engine, and what of them is in force. */
export function EngineCard({ vault, settings, backendFields }: EngineCardProps) {
  const tune = useTune(vault);
  const isMounted = vault.state === 'mounted';
  return (
    <Section title={t('performance.engine')}>
      {vault.kernel === null && (
        <EngineFields
          tune={tune}
          settings={settings}
          isDisabled={UNSETTLED.includes(vault.state)}
        />
      )}
      {isMounted && vault.engine !== null ? (
        <EngineInForce engine={vault.engine} events={vault.engineEvents} />
      ) : (
        <p className={classes['line']}>{t('performance.nextUnlock')}</p>
      )}
      {tune.error !== null && <ErrorNotice error={tune.error} />}
      {vault.kernel !== null && backendFields}
      {vault.kernel === null && (
        <Fold label={t('memory.next')} isOpenAtFirst={!isMounted}>
          <div className={classes['next']}>
            <MemoryFields vault={vault} />
            {backendFields}
          </div>
        </Fold>
      )}
      {isMounted ? (
        <Fold label={t('performance.modes')}>
          <EngineModes />
        </Fold>
      ) : (
        <EngineModes />
      )}
    </Section>
  );
}

type EngineInForceProps = Readonly<{ engine: EngineSnapshot; events: EngineEvents | null }>;

function EngineInForce({ engine, events }: EngineInForceProps) {
  const { read, write, provider, threads, notes } = engine;
  const words = {
    read: t(`engine.${read}`),
    write: t(`engine.${write}`),
    provider,
    threads: describeThreads(threads),
  };
  return (
    <div className={classes['inForce']}>
      <p className={classes['line']} role="status">
        {t('performance.inForce', words)}
      </p>
      {notes.map((note) => (
        <p key={note} className={classes['note']}>
          {note}
        </p>
      ))}
      {events !== null && hasTrouble(events) && (
        <p className={classes['note']}>{describeEvents(events)}</p>
      )}
    </div>
  );
}

function describeThreads(count: number): string {
  if (count === 0) return t('performance.threads.none');
  return t('performance.threads.some', { count });
}

function hasTrouble(events: EngineEvents): boolean {
  return Object.values(events).some((count) => count > 0);
}

function describeEvents(events: EngineEvents): string {
  return t('performance.events', {
    died: events.helpersDied,
    stuck: events.helpersStuck,
    refused: events.helpersRefused,
    redone: events.fragmentsRedone,
  });
}
