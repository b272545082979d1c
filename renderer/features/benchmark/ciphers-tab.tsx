import { NativeSelect, Switch } from '@mantine/core';
import { useState } from 'react';
import {
  type BenchmarkReport,
  type BenchmarkRow,
  CIPHER_BUFFER_BYTES,
} from '../../../shared/model/benchmark.ts';
import { formatBytes } from '../../i18n/format.ts';
import { t } from '../../i18n/translate.ts';
import classes from './benchmark.module.css';
import { CipherTable } from './cipher-table.tsx';
import { NotMeasured } from './not-measured.tsx';
import type { Benchmarks } from './use-benchmarks.ts';

/** Of containers that are no longer made. */
const DEPRECATED: readonly string[] = ['node-cbc'];

type CiphersTabProps = Readonly<{ report: BenchmarkReport | null; benchmarks: Benchmarks }>;

/** Providers of AES in memory, and on how large a buffer they are measured. */
export function CiphersTab({ report, benchmarks }: CiphersTabProps) {
  const { choice, choose, job } = benchmarks;
  const [isAll, setAll] = useState(false);
  const isShown = ({ name, group }: Pick<BenchmarkRow, 'name' | 'group'>) =>
    group === 'provider' && (isAll || !DEPRECATED.includes(name));
  return (
    <>
      <div className={classes['bar']}>
        <NativeSelect
          label={t('benchmark.buffer')}
          value={String(choice.choices.bufferBytes)}
          data={CIPHER_BUFFER_BYTES.map((size) => ({
            value: String(size),
            label: formatBytes(size),
          }))}
          disabled={job !== null}
          onChange={({ currentTarget: { value } }) => {
            const bufferBytes = CIPHER_BUFFER_BYTES.find((size) => String(size) === value);
            if (bufferBytes !== undefined) choose({ choices: { ...choice.choices, bufferBytes } });
          }}
        />
        <p className={classes['hint']}>{t('benchmark.bufferText')}</p>
      </div>
      {report === null ? (
        <NotMeasured benchmarks={benchmarks} />
      ) : (
        <>
          <div className={classes['bar']}>
            <p className={classes['hint']}>{t('benchmark.inMemory')}</p>
            <span className={classes['space']} />
            <Switch
              label={t('benchmark.deprecated')}
              checked={isAll}
              onChange={({ currentTarget: { checked } }) => setAll(checked)}
            />
          </div>
          <CipherTable
            rows={report.rows.filter(isShown)}
            missing={report.unavailable.filter(isShown)}
          />
        </>
      )}
    </>
  );
}
