import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import { exportReport, FILE_FORMATS, type FileFormat } from '../../../shared/export-benchmark.ts';
import type { BenchmarkReport } from '../../../shared/model/benchmark.ts';
import { LiveRegion } from '../../components/live-region.tsx';
import { t } from '../../i18n/translate.ts';
import classes from './benchmark.module.css';
import { copyText } from './copy-text.ts';
import { drawReport } from './draw-report.ts';
import { saveFile } from './save-file.ts';

const FORMATS = [...FILE_FORMATS, 'png'] as const;
type Format = (typeof FORMATS)[number];

const TYPES: Readonly<Record<FileFormat, readonly [extension: string, type: string]>> = {
  json: ['json', 'application/json'],
  csv: ['csv', 'text/csv'],
  markdown: ['md', 'text/markdown'],
};

/** Takes the figures that are shown out of the window: as files, as text, on paper. */
export function ExportButtons({ report }: { report: BenchmarkReport }) {
  const [said, setSaid] = useState('');
  const save = async (format: Format) => {
    const [extension, type] = format === 'png' ? ['png', 'image/png'] : TYPES[format];
    const name = `lockline-benchmark-${dayOf(report.startedMs)}.${extension}`;
    const content =
      format === 'png'
        ? await drawReport(report)
        : new Blob([exportReport(report, format)], { type });
    saveFile(name, content);
    setSaid(t('benchmark.exported', { name }));
  };
  const copy = async () => {
    const isDone = await copyText(exportReport(report, 'text'));
    setSaid(t(isDone ? 'benchmark.copied' : 'benchmark.copyFailed'));
  };
  return (
    <Group gap={6} role="group" aria-label={t('benchmark.export')}>
      <span className={classes['export']} aria-hidden="true">
        {t('benchmark.export')}
      </span>
      {FORMATS.map((format) => (
        <Button
          key={format}
          size="compact-sm"
          variant="default"
          aria-label={`${t('benchmark.export')} ${t(`benchmark.export.${format}`)}`}
          onClick={() => void save(format)}
        >
          {t(`benchmark.export.${format}`)}
        </Button>
      ))}
      <Button size="compact-sm" variant="default" onClick={() => void copy()}>
        {t('benchmark.copy')}
      </Button>
      <Button size="compact-sm" variant="default" onClick={() => window.print()}>
        {t('benchmark.print')}
      </Button>
      <LiveRegion text={said} />
    </Group>
  );
}

function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}
