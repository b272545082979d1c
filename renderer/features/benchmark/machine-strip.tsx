import type { MachineFacts, StorageFacts } from '../../../shared/model/benchmark.ts';
import type { Settings } from '../../../shared/model/settings.ts';
import { Section } from '../../components/screen.tsx';
import { formatBytes } from '../../i18n/format.ts';
import { t } from '../../i18n/translate.ts';
import classes from './benchmark.module.css';

type MachineStripProps = Readonly<{ machine: MachineFacts; settings: Settings }>;

/** What the figures belong to. */
export function MachineStrip({ machine, settings }: MachineStripProps) {
  const { provider } = machine;
  const engine = {
    read: t(`engine.${settings.readEngine}`),
    write: t(`engine.${settings.writeEngine}`),
    provider: settings.provider ?? [provider.name, provider.implementation ?? ''].join(' ').trim(),
    threads: settings.threads ?? Math.max(1, machine.physicalCores - 1),
  };
  const facts = [
    [t('benchmark.processor'), `${machine.processor}, ${sayCores(machine)}`],
    [t('benchmark.aes'), sayAes(machine)],
    [
      t('benchmark.memory'),
      t('benchmark.memoryValue', {
        total: formatBytes(machine.memoryBytes),
        free: formatBytes(machine.freeMemoryBytes),
      }),
    ],
    [t('benchmark.system'), `${machine.system}, ${machine.runtime}`],
    [
      t('benchmark.engine'),
      t(
        settings.provider === null ? 'benchmark.engineValue' : 'benchmark.engineValuePinned',
        engine,
      ),
    ],
    [t('benchmark.storage'), sayStorage(machine.storage)],
  ];
  return (
    <Section title={t('benchmark.machine')}>
      <dl className={classes['facts']}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}

function sayCores({ physicalCores, cores }: MachineFacts): string {
  return t('benchmark.coresValue', { cores: physicalCores, processors: cores });
}

function sayAes({ hasAes, vectorInstructions }: MachineFacts): string {
  if (hasAes === null) return t('benchmark.aesUnknown');
  if (!hasAes) return t('benchmark.aesNo');
  return t('benchmark.aesYes', { instructions: ['aes', ...vectorInstructions].join(', ') });
}

/** Says what kind of storage it is, and where. */
export function sayStorage({ kind, filesystem, device }: StorageFacts): string {
  const words = { kind: t(`benchmark.storage.${kind}`), filesystem };
  return device === null
    ? t('benchmark.storageValue', words)
    : t('benchmark.storageValueDevice', { ...words, device });
}
