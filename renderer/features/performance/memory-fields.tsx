import { NativeSelect } from '@mantine/core';
import type { VaultSnapshot } from '../../../shared/model/vault.ts';
import {
  CACHE_SIZES,
  DEFAULT_CACHE_BYTES,
  READ_AHEAD_SIZES,
  type VolumeMemory,
} from '../../../shared/model/volume-memory.ts';
import { useBridge } from '../../bridge/bridge-context.tsx';
import { NO_CHOICE } from '../../components/engine-modes.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { FieldGrid } from '../../components/field-grid.tsx';
import { formatBytes } from '../../i18n/format.ts';
import { t } from '../../i18n/translate.ts';
import { useCommand } from '../../store/use-command.ts';
import classes from './engine-card.module.css';

/** Cache and read-ahead of a vault, which are set aside when it is mounted. */
export function MemoryFields({ vault }: { vault: VaultSnapshot }) {
  const bridge = useBridge();
  const command = useCommand();
  const { options, memory } = vault;
  const change = (changes: Partial<VolumeMemory>) =>
    void command.run(() => bridge.call('vault.update', { vaultId: vault.id, changes }));
  return (
    <>
      <FieldGrid>
        <NativeSelect
          label={t('memory.cache')}
          value={String(options.cacheBytes ?? NO_CHOICE)}
          data={[
            { value: NO_CHOICE, label: t('memory.usual', { value: sayCache(null) }) },
            ...CACHE_SIZES.map((size) => ({ value: String(size), label: sayCache(size) })),
          ]}
          onChange={({ currentTarget: { value } }) =>
            change({ cacheBytes: CACHE_SIZES.find((size) => String(size) === value) ?? null })
          }
        />
        <NativeSelect
          label={t('memory.readAhead')}
          value={String(options.readAheadBytes ?? NO_CHOICE)}
          data={[
            { value: NO_CHOICE, label: sayReadAhead(null) },
            ...READ_AHEAD_SIZES.map((size) => ({ value: String(size), label: sayReadAhead(size) })),
          ]}
          onChange={({ currentTarget: { value } }) =>
            change({
              readAheadBytes: READ_AHEAD_SIZES.find((size) => String(size) === value) ?? null,
            })
          }
        />
      </FieldGrid>
      {memory !== null && (
        <p className={classes['line']} role="status">
          {t(isInForce(options, memory) ? 'memory.inForce' : 'memory.inForceUntil', {
            cache: sayCache(memory.cacheBytes),
            readAhead: sayReadAhead(memory.readAheadBytes),
          })}
        </p>
      )}
      {command.error !== null && <ErrorNotice error={command.error} />}
    </>
  );
}

function isInForce(wanted: VolumeMemory, { cacheBytes, readAheadBytes }: VolumeMemory): boolean {
  return (
    (wanted.cacheBytes ?? DEFAULT_CACHE_BYTES) === (cacheBytes ?? DEFAULT_CACHE_BYTES) &&
    wanted.readAheadBytes === readAheadBytes
  );
}

function sayCache(bytes: number | null): string {
  return formatBytes(bytes ?? DEFAULT_CACHE_BYTES);
}

function sayReadAhead(bytes: number | null): string {
  if (bytes === null) return t('memory.byKernel');
  return bytes === 0 ? t('memory.off') : formatBytes(bytes);
}
