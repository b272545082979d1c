import { useState } from 'react';
import type {
  BenchmarkReport,
  BenchmarkRow,
  MachineFacts,
} from '../../../shared/model/benchmark.ts';
import type { KdfEstimate } from '../../../shared/model/kdf-estimate.ts';
import { GIB, KIB, MIB } from '../../../shared/units.ts';
import { useBridge } from '../../bridge/bridge-context.tsx';
import { KdfTime } from '../../components/kdf-time.tsx';
import { Section } from '../../components/screen.tsx';
import { SpaceBar } from '../../components/space-bar.tsx';
import { formatBytes, formatCount, formatSeconds } from '../../i18n/format.ts';
import { t } from '../../i18n/translate.ts';
import { useCommand } from '../../store/use-command.ts';
import classes from './benchmark.module.css';
import { FigureCell } from './figure-cell.tsx';

type KdfTabProps = Readonly<{
  report: BenchmarkReport | null;
  machine: MachineFacts | null;
  firstTimeMs: number;
}>;

/** Key derivations of known costs, and what a time of unlocking buys on this machine. */
export function KdfTab({ report, machine, firstTimeMs }: KdfTabProps) {
  const rows = report?.rows.filter(({ group }) => group === 'kdf') ?? [];
  return (
    <>
      {rows.length > 0 && (
        <div className={classes['scroller']}>
          <table className={classes['table']} aria-label={t('benchmark.tab.kdf')}>
            <thead>
              <tr>
                <th scope="col">{t('benchmark.name')}</th>
                <th scope="col">{t('benchmark.kdfTime')}</th>
                <th scope="col">{t('benchmark.kdfRate')}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.name}>
                  <th scope="row">{row.name}</th>
                  <FigureCell row={row} highest={Math.max(...rows.map((r) => r.median))} />
                  <td>{sayRate(row.name, row.median)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <HashTable rows={report?.rows.filter(({ group }) => group === 'hash') ?? []} />
      <KdfTrial machine={machine} firstTimeMs={firstTimeMs} />
    </>
  );
}

function HashTable({ rows }: { rows: readonly BenchmarkRow[] }) {
  if (rows.length === 0) return null;
  const highest = Math.max(...rows.map(({ median }) => median));
  return (
    <div className={classes['scroller']}>
      <table className={classes['table']} aria-label={t('benchmark.hashes')}>
        <thead>
          <tr>
            <th scope="col">{t('benchmark.hashes')}</th>
            <th scope="col">{t('benchmark.hashRate')}</th>
          </tr>
        </thead>
        <tbody>
          {rows
            .toSorted((a, b) => b.median - a.median)
            .map((row) => (
              <tr key={row.name}>
                <th scope="row">{row.name}</th>
                <FigureCell row={row} highest={highest} />
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}

type KdfTrialProps = Omit<KdfTabProps, 'report'>;

function KdfTrial({ machine, firstTimeMs }: KdfTrialProps) {
  const bridge = useBridge();
  const command = useCommand();
  const [targetMs, setTargetMs] = useState(firstTimeMs);
  const [settledMs, setSettledMs] = useState(firstTimeMs);
  const [estimate, setEstimate] = useState<KdfEstimate | null>(null);
  const measure = (wantedMs: number) =>
    void command.run(async () => {
      const choice = { type: 'argon2id', targetMs: wantedMs } as const;
      setEstimate(await bridge.call('kdf.estimate', { choice }));
      setSettledMs(wantedMs);
    });
  return (
    <Section title={t('benchmark.kdfTry')}>
      <KdfTime
        label={t('settings.kdfTime')}
        valueMs={targetMs}
        text={sayEstimate(estimate, command.isRunning)}
        onChange={setTargetMs}
        onSettled={measure}
      />
      {estimate !== null && machine !== null && (
        <>
          <SpaceBar
            label={t('benchmark.kdfMemory')}
            text={t('benchmark.kdfMemoryText', {
              memory: formatBytes(estimate.memoryKib * KIB),
              free: formatBytes(machine.freeMemoryBytes),
            })}
            fraction={Math.min(1, (estimate.memoryKib * KIB) / machine.freeMemoryBytes)}
          />
          <p className={classes['hint']}>
            <code>{sayAsCryptsetup(estimate, settledMs)}</code>
          </p>
          <p className={classes['hint']}>{t(`benchmark.kdfOpens.${opensOn(estimate)}`)}</p>
        </>
      )}
      <p className={classes['hint']}>{t('benchmark.kdfAttack')}</p>
    </Section>
  );
}

/** The line of `cryptsetup benchmark`, which people know and can compare with: not translated. */
function sayAsCryptsetup(estimate: KdfEstimate, targetMs: number): string {
  const { iterations, memoryKib, parallel } = estimate;
  const costs = `${iterations} iterations, ${memoryKib} memory, ${parallel} parallel threads (CPUs)`;
  return `argon2id ${costs} for 256-bit key (requested ${targetMs} ms time)`;
}

/** Where so much memory can be had for an unlock. */
export function opensOn({ memoryKib }: KdfEstimate): 'phone' | 'laptop' | 'desktop' {
  const bytes = memoryKib * KIB;
  if (bytes <= 256 * MIB) return 'phone';
  return bytes <= GIB ? 'laptop' : 'desktop';
}

function sayEstimate(estimate: KdfEstimate | null, isMeasuring: boolean): string {
  if (isMeasuring) return t('create.kdfMeasuring');
  if (estimate === null) return '';
  return t('create.kdfEstimate', {
    seconds: formatSeconds(estimate.milliseconds),
    memory: formatBytes(estimate.memoryKib * KIB),
  });
}

/** Iterations a second stand for PBKDF2 alone: an Argon2 pass is no unit of its own. */
function sayRate(name: string, milliseconds: number): string {
  const iterations = /, ([\d,]+) iterations$/.exec(name)?.[1]?.replaceAll(',', '');
  if (iterations === undefined || milliseconds === 0) return t('performance.none');
  return formatCount((Number(iterations) * 1000) / milliseconds);
}
