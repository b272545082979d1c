import { formatSize } from '../../shared/units.ts';
import { spokenLanguage, t } from './translate.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Says when something was, in days for the last week and by date before that. */
export function formatWhen(timeMs: number, nowMs: number): string {
  const days = localDay(nowMs) - localDay(timeMs);
  if (days >= 7) {
    return new Intl.DateTimeFormat(spokenLanguage(), { dateStyle: 'medium' }).format(timeMs);
  }
  return new Intl.RelativeTimeFormat(spokenLanguage(), { numeric: 'auto' }).format(-days, 'day');
}

/** The number of a day that begins at midnight where the person is. */
function localDay(timeMs: number): number {
  const offsetMs = new Date(timeMs).getTimezoneOffset() * 60_000;
  return Math.floor((timeMs - offsetMs) / DAY_MS);
}

/** Says milliseconds in seconds with one decimal. */
export function formatSeconds(milliseconds: number): string {
  return formatDecimal(milliseconds / 1000, 1);
}

/** Says microseconds in the unit that suits: `3.4 µs`, `340 µs`, `3.4 ms`, `1.2 s`. */
export function formatMicroseconds(microseconds: number): string {
  const [value, unit] =
    microseconds < 999.5
      ? [microseconds, 'µs']
      : microseconds < 999_500
        ? [microseconds / 1e3, 'ms']
        : [microseconds / 1e6, 's'];
  return `${formatDecimal(value, value < 9.95 ? 1 : 0)} ${unit}`;
}

/** Says a number of things, with a decimal only where it is small and not whole. */
export function formatCount(count: number): string {
  return count < 9.95 && !Number.isInteger(count)
    ? formatDecimal(count, 1)
    : Math.round(count).toLocaleString(spokenLanguage());
}

/** Says a span of time in its two largest units: `45 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const [minutes, hours] = [Math.floor(seconds / 60), Math.floor(seconds / 3600)];
  if (minutes === 0) return t('time.seconds', { seconds });
  if (hours === 0) return t('time.minutes', { minutes, seconds: seconds % 60 });
  return t('time.hours', { hours, minutes: minutes % 60 });
}

/** Says minutes as a choice: `5 minutes`, `2 hours`, `1 day`. */
export function formatMinutes(minutes: number): string {
  const [count, unit] =
    minutes % 1440 === 0
      ? [minutes / 1440, 'day']
      : minutes % 60 === 0
        ? [minutes / 60, 'hour']
        : [minutes, 'minute'];
  return new Intl.NumberFormat(spokenLanguage(), {
    style: 'unit',
    unit,
    unitDisplay: 'long',
  }).format(count);
}

/** Says the time of day. */
export function formatTime(timeMs: number): string {
  return new Intl.DateTimeFormat(spokenLanguage(), { timeStyle: 'short' }).format(timeMs);
}

/** Joins names as a sentence does: `a, b and c`. */
export function formatList(names: readonly string[]): string {
  return new Intl.ListFormat(spokenLanguage(), { type: 'conjunction' }).format(names);
}

/** Says a number with so many decimals. */
function formatDecimal(value: number, digits: number): string {
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return value.toLocaleString(spokenLanguage(), { ...options, useGrouping: false });
}

/** Says bytes in binary units with at most one decimal, as the language writes it: `1,5 GiB`. */
export function formatBytes(bytes: number): string {
  const text = formatSize(bytes);
  const [value = '', unit = ''] = text.split(' ');
  const digits = value.includes('.') ? 1 : 0;
  return `${formatDecimal(Number(value), digits)} ${unit}`;
}
