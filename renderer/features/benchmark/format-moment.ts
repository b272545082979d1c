const moment = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

/** Says a day and the time of it. */
export function formatMoment(timeMs: number): string {
  return moment.format(timeMs);
}
