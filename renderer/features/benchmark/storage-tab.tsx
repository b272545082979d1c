import { Button } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import {
  type BenchmarkReport,
  type BenchmarkRow,
  STORAGE_TEST_NAMES,
  STORAGE_TESTS,
  type StorageName,
} from '../../../shared/model/benchmark.ts';
import { UnitChoice } from '../../components/charts/unit-choice.tsx';
import { Section } from '../../components/screen.tsx';
import { formatBytes } from '../../i18n/format.ts';
import type { RateUnit } from '../../i18n/format-rate.ts';
import { t } from '../../i18n/translate.ts';
import classes from './benchmark.module.css';
import { sayStorage } from './machine-strip.tsx';
import { ProfileCharts } from './profile-charts.tsx';
import { STORAGE_WORDS } from './say-figures.ts';
import { StorageOptions } from './storage-options.tsx';
import { StorageTable } from './storage-table.tsx';
import type { Benchmarks } from './use-benchmarks.ts';

const DIRECT: readonly StorageName[] = ['raw-direct', 'vault-direct', 'mounted'];
const CACHED: readonly StorageName[] = ['raw', 'vault'];
/** Through the cache the system serves each request before it takes the next. */
const CACHED_TESTS = STORAGE_TEST_NAMES.filter((test) => STORAGE_TESTS[test].depth === 1);

type StorageTabProps = Readonly<{ report: BenchmarkReport | null; benchmarks: Benchmarks }>;

/** The storage as it is beside the same through encryption, and what that costs in percent. */
export function StorageTab({ report, benchmarks }: StorageTabProps) {
  const { machine, job, choice, choose, run } = benchmarks;
  const [unit, setUnit] = useLocalStorage<RateUnit>({ key: 'rate-unit', defaultValue: 'MiB' });
  const rows = report?.rows.filter(({ group }) => group === 'storage') ?? [];
  const missing = report?.unavailable.filter(({ group }) => group === 'storage') ?? [];
  const { storage } = choice.choices;
  const isDisabled = job !== null;
  const measured = (names: readonly StorageName[]) =>
    names.filter((known) => rows.some(({ name }) => name === known));
  const cached = measured(CACHED);
  return (
    <>
      <Section title={t('benchmark.storageHow')}>
        <StorageOptions
          choices={storage}
          machine={machine}
          isDisabled={isDisabled}
          onChange={(changes) =>
            choose({ choices: { ...choice.choices, storage: { ...storage, ...changes } } })
          }
        />
        <div className={classes['bar']}>
          <Button disabled={isDisabled} onClick={() => run(['storage'])}>
            {t('benchmark.runAllTests')}
          </Button>
          <span className={classes['space']} />
          <UnitChoice unit={unit} onChange={setUnit} />
        </div>
      </Section>
      <Section title={t('benchmark.storageDirect')}>
        <StorageTable
          label={t('benchmark.storageDirect')}
          tests={STORAGE_TEST_NAMES}
          names={namesShown(measured(DIRECT))}
          rows={rows}
          unit={unit}
          isDisabled={isDisabled}
          onRun={(tests) => run(['storage'], tests)}
        />
        <p className={classes['hint']}>{t('benchmark.storageText')}</p>
        {report !== null && <RunFacts report={report} />}
      </Section>
      {cached.length > 0 && (
        <Section title={t('benchmark.storageCached')}>
          <StorageTable
            label={t('benchmark.storageCached')}
            tests={CACHED_TESTS.filter((test) => hasTest(rows, cached, test))}
            names={cached}
            rows={rows}
            unit={unit}
            isDisabled={isDisabled}
            onRun={null}
          />
        </Section>
      )}
      {report !== null && report.profile !== null && <ProfileCharts profile={report.profile} />}
      {missing.map(({ name, reason }) => (
        <p key={`${name} ${reason}`} className={classes['hint']}>
          {sayStorageName(name)}: {t('benchmark.missing', { reason })}
        </p>
      ))}
    </>
  );
}

/** What was chosen for the run whose figures are shown. */
function RunFacts({ report: { choices, target } }: { report: BenchmarkReport }) {
  if (choices === null || target === null) return null;
  const { fileBytes, runs, content } = choices.storage;
  return (
    <p className={classes['hint']}>
      {t('benchmark.storageRun', {
        size: formatBytes(fileBytes),
        runs,
        content: t(`benchmark.content.${content}`),
        storage: sayStorage(target),
      })}
    </p>
  );
}

/** The tests stand there before anything was measured. */
function namesShown(measured: readonly StorageName[]): readonly StorageName[] {
  return measured.length > 0 ? measured : ['raw-direct', 'vault-direct'];
}

function hasTest(
  rows: readonly BenchmarkRow[],
  names: readonly StorageName[],
  test: (typeof STORAGE_TEST_NAMES)[number],
): boolean {
  const { requestBytes } = STORAGE_TESTS[test];
  return rows.some(
    (row) => row.requestBytes === requestBytes && names.some((name) => name === row.name),
  );
}

function sayStorageName(name: string): string {
  // Checked by hasOwn.
  return Object.hasOwn(STORAGE_WORDS, name)
    ? t(STORAGE_WORDS[name as keyof typeof STORAGE_WORDS])
    : name;
}
