import { Slider } from '@mantine/core';
import { useId } from 'react';
import type { KdfEstimate } from '../../shared/model/kdf-estimate.ts';
import { KIB } from '../../shared/units.ts';
import { formatBytes, formatCount, formatSeconds } from '../i18n/format.ts';
import { t } from '../i18n/translate.ts';
import classes from './kdf-time.module.css';

type KdfTimeProps = Readonly<{
  label: string;
  valueMs: number;
  /** The cost in words, below the slider. */
  text: string;
  onChange: (valueMs: number) => void;
  onSettled?: (valueMs: number) => void;
}>;

const MARKS_MS = [500, 2000, 5000, 10_000];

const markOf = (value: number) => ({ value, label: `${formatCount(value / 1000)} s` });

/** How long an unlock may take, from half a second to ten. */
export function KdfTime({ label, valueMs, text, onChange, onSettled }: KdfTimeProps) {
  const id = useId();
  return (
    <div className={classes['time']}>
      <span id={id} className={classes['label']}>
        {label}
        <output>{formatSeconds(valueMs)} s</output>
      </span>
      <Slider
        min={500}
        max={10_000}
        step={100}
        value={Math.min(10_000, Math.max(500, valueMs))}
        marks={MARKS_MS.map(markOf)}
        label={null}
        thumbSize={24}
        thumbProps={{ 'aria-labelledby': id }}
        onChange={onChange}
        {...(onSettled === undefined ? {} : { onChangeEnd: onSettled })}
      />
      <span className={classes['text']} role="status">
        {text}
      </span>
    </div>
  );
}

/** Says what an unlock costs; null stands for a measurement under way. */
export function describeEstimate(estimate: KdfEstimate | null): string {
  if (estimate === null) return t('create.kdfMeasuring');
  const seconds = formatSeconds(estimate.milliseconds);
  if (estimate.memoryKib === 0) return t('create.kdfEstimateNoMemory', { seconds });
  return t('create.kdfEstimate', { seconds, memory: formatBytes(estimate.memoryKib * KIB) });
}
