import { MIB } from '../../shared/units.ts';
import { spokenLanguage, t } from './translate.ts';

/** MB is a million bytes, MiB is 1,048,576. */
export const RATE_UNITS = ['MB', 'MiB'] as const;
export type RateUnit = (typeof RATE_UNITS)[number];

const BYTES: Readonly<Record<RateUnit, number>> = { MB: 1e6, MiB: MIB };

/** Returns bytes in a unit of rates. */
export function toRateUnit(bytes: number, unit: RateUnit): number {
  return bytes / BYTES[unit];
}

/** Says a rate, with three digits at most: `410 MiB/s`, `4.1 MiB/s`, `0.04 MiB/s`. */
export function formatRate(bytesPerSecond: number, unit: RateUnit): string {
  const value = toRateUnit(bytesPerSecond, unit);
  return t(unit === 'MB' ? 'performance.rateMb' : 'performance.rateMib', {
    value: formatShort(value),
  });
}

/** Says a number with three digits at most before the comma is given up: `1,234`, `41`, `4.1`. */
export function formatShort(value: number): string {
  const digits = value === 0 || value >= 99.95 ? 0 : value >= 0.995 ? 1 : 2;
  return value.toLocaleString(spokenLanguage(), { maximumFractionDigits: digits });
}

/** Says a share of 0 to 1 in percent. */
export function formatPercent(share: number): string {
  return t('performance.percent', { value: formatShort(Math.round(share * 100)) });
}

/** Says a change in percent with its sign: `+34 %`, `-8 %`. */
export function formatChange(percent: number): string {
  const rounded = Math.abs(percent) < 10 ? Math.round(percent * 10) / 10 : Math.round(percent);
  const sign = rounded > 0 ? '+' : rounded < 0 ? '−' : '±';
  return t('performance.percent', { value: `${sign}${formatShort(Math.abs(rounded))}` });
}
