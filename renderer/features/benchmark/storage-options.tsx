import { NativeSelect, SegmentedControl } from '@mantine/core';
import {
  type BenchmarkChoices,
  type MachineFacts,
  MOST_STORAGE_RUNS,
  STORAGE_CONTENTS,
  STORAGE_FILE_BYTES,
  type StorageChoices,
} from '../../../shared/model/benchmark.ts';
import { formatBytes, formatCount } from '../../i18n/format.ts';
import { t } from '../../i18n/translate.ts';
import classes from './benchmark.module.css';
import { sayStorage } from './machine-strip.tsx';

/** Powers of two from the smallest file to the largest. */
const FILE_SIZES = Array.from(
  { length: Math.log2(STORAGE_FILE_BYTES.most / STORAGE_FILE_BYTES.least) + 1 },
  (_, power) => STORAGE_FILE_BYTES.least * 2 ** power,
);
const RUNS = Array.from({ length: MOST_STORAGE_RUNS }, (_, index) => index + 1);
const INTERVAL_SECONDS = [0, 1, 3, 5, 10, 30, 60] as const;

type StorageOptionsProps = Readonly<{
  choices: BenchmarkChoices['storage'];
  machine: MachineFacts | null;
  isDisabled: boolean;
  onChange: (changes: Partial<StorageChoices>) => void;
}>;

/** How storage is measured, and where. */
export function StorageOptions({ choices, machine, isDisabled, onChange }: StorageOptionsProps) {
  const { fileBytes, runs, intervalMs, content } = choices;
  const freeBytes = machine?.storage.freeBytes ?? Number.POSITIVE_INFINITY;
  return (
    <>
      <div className={classes['options']}>
        <NativeSelect
          label={t('benchmark.fileSize')}
          value={String(fileBytes)}
          data={FILE_SIZES.map((size) => ({
            value: String(size),
            label: formatBytes(size),
            disabled: size > freeBytes,
          }))}
          disabled={isDisabled}
          onChange={({ currentTarget: { value } }) => onChange({ fileBytes: Number(value) })}
        />
        <NativeSelect
          label={t('benchmark.runs')}
          value={String(runs)}
          data={RUNS.map((count) => ({ value: String(count), label: formatCount(count) }))}
          disabled={isDisabled}
          onChange={({ currentTarget: { value } }) => onChange({ runs: Number(value) })}
        />
        <NativeSelect
          label={t('benchmark.interval')}
          value={String(intervalMs / 1000)}
          data={INTERVAL_SECONDS.map((seconds) => ({
            value: String(seconds),
            label: t('time.seconds', { seconds }),
          }))}
          disabled={isDisabled}
          onChange={({ currentTarget: { value } }) =>
            onChange({ intervalMs: Number(value) * 1000 })
          }
        />
        <div>
          <span className={classes['optionLabel']} id="benchmark-content">
            {t('benchmark.content')}
          </span>
          <SegmentedControl
            fullWidth
            aria-labelledby="benchmark-content"
            value={content}
            disabled={isDisabled}
            data={STORAGE_CONTENTS.map((kind) => ({
              value: kind,
              label: t(`benchmark.content.${kind}`),
            }))}
            onChange={(value) => onChange({ content: value === 'zero' ? 'zero' : 'random' })}
          />
        </div>
      </div>
      {machine !== null && (
        <p className={fileBytes > freeBytes ? classes['warn'] : classes['hint']}>
          {machine.storage.freeBytes === null
            ? t('benchmark.target', { storage: sayStorage(machine.storage) })
            : t('benchmark.targetFree', {
                storage: sayStorage(machine.storage),
                free: formatBytes(machine.storage.freeBytes),
              })}
        </p>
      )}
    </>
  );
}
