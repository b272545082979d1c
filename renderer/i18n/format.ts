const DAY_MS = 24 * 60 * 60 * 1000;
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const date = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });

/** Says when something was, in days for the last week and by date before that. */
export function formatWhen(timeMs: number, nowMs: number): string {
  const days = Math.floor(nowMs / DAY_MS) - Math.floor(timeMs / DAY_MS);
  return days < 7 ? relative.format(-days, 'day') : date.format(timeMs);
}

/** Says milliseconds in seconds with one decimal. */
export function formatSeconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1);
}
