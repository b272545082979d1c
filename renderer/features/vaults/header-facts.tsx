import { Loader } from '@mantine/core';
import { Fragment, type ReactNode, useEffect, useState } from 'react';
import type {
  ContainerInfo,
  HeaderCopyHealth,
  KdfInfo,
  SegmentInfo,
} from '../../../shared/model/container-info.ts';
import type { VaultSnapshot } from '../../../shared/model/vault.ts';
import { KIB } from '../../../shared/units.ts';
import { useBridge } from '../../bridge/bridge-context.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { formatBytes } from '../../i18n/format.ts';
import { spokenLanguage, t } from '../../i18n/translate.ts';
import classes from './header-facts.module.css';

/** What the header says of a vault; needs no passphrase. */
export function HeaderFacts({ vault }: { vault: VaultSnapshot }) {
  const { info, error } = useContainerInfo(vault.id);
  if (error !== null) return <ErrorNotice error={error} />;
  if (info !== null) return <Facts rows={describe(vault, info)} />;
  return (
    <p className={classes['loading']}>
      <Loader size="xs" aria-hidden="true" /> {t('details.loading')}
    </p>
  );
}

function useContainerInfo(vaultId: string) {
  const bridge = useBridge();
  const [info, setInfo] = useState<ContainerInfo | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    let isCurrent = true;
    bridge.call('vault.inspect', { vaultId }).then(
      (value) => isCurrent && setInfo(value),
      (reason: unknown) => isCurrent && setError(reason),
    );
    return () => {
      isCurrent = false;
    };
  }, [bridge, vaultId]);
  return { info, error };
}

type FactRow = readonly [term: string, value: ReactNode];

function Facts({ rows }: { rows: readonly FactRow[] }) {
  return (
    <dl className={classes['facts']}>
      {rows.map(([term, value]) => (
        <Fragment key={term}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}

function describe(vault: VaultSnapshot, info: ContainerInfo): readonly FactRow[] {
  const optional: readonly FactRow[] = [
    [t('details.label'), info.label],
    [t('details.flags'), info.flags.join(', ')],
    [t('details.requirements'), info.requirements.join(', ')],
  ];
  return [
    [t('details.file'), vault.path],
    [t('details.size'), formatBytes(info.containerBytes)],
    [t('details.format'), t('details.formatValue', { version: info.version })],
    [t('details.uuid'), info.uuid],
    ...optional.filter(([, value]) => value !== ''),
    [t('details.headers'), <Lines key="headers" lines={copiesOf(info).map(describeCopy)} />],
    [t('details.encryption'), <Lines key="segments" lines={info.segments.map(describeSegment)} />],
    ...info.keyslots.map(
      ({ id, kdf }): FactRow => [t('details.keyslot', { id }), describeKdf(kdf)],
    ),
  ];
}

function copiesOf({ primary, secondary }: ContainerInfo): readonly HeaderCopyHealth[] {
  return secondary === null ? [primary] : [primary, secondary];
}

function Lines({ lines }: { lines: readonly string[] }) {
  return lines.map((line) => <div key={line}>{line}</div>);
}

function describeCopy({ offsetBytes, state }: HeaderCopyHealth): string {
  return t('details.copy', {
    offset: formatBytes(offsetBytes),
    state: t(`details.copy.${state}`),
  });
}

function describeSegment({ encryption, type, sectorBytes, offsetBytes }: SegmentInfo): string {
  return t('details.segment', {
    encryption: encryption ?? type,
    sector: sectorBytes ?? '?',
    offset: formatBytes(offsetBytes),
  });
}

function describeKdf(kdf: KdfInfo | null): string {
  if (kdf === null) return t('details.kdfNone');
  if (kdf.type === 'pbkdf2') {
    return t('details.kdfPbkdf2', {
      hash: kdf.hash,
      iterations: kdf.iterations.toLocaleString(spokenLanguage()),
    });
  }
  const { type, memoryKib, time, cpus } = kdf;
  return t('details.kdfArgon', { type, memory: formatBytes(memoryKib * KIB), time, cpus });
}
