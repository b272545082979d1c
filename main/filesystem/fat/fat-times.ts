/**
 * FAT date and time words: date in days since 1980, time in steps of two seconds.
 *
 * FAT says nothing about the zone. These are UTC, so that a vault shows the same times on every
 * machine; Linux reads them so with `-o tz=UTC`.
 */

const DAY_SECONDS = 86_400;
/** 1980-01-01 00:00:00, the first moment that FAT can hold. */
const FIRST_SECONDS = 315_532_800;
/** 2107-12-31 23:59:58, the last. */
const LAST_SECONDS = 4_354_819_198;
const STEP_SECONDS = 2;
const CACHED = { day: -1, word: 0 };

/** Returns the moment that FAT can hold at or before `seconds` (since 1970), in steps of 2 s. */
export function clampSeconds(seconds: number): number {
  const inside = Math.min(LAST_SECONDS, Math.max(FIRST_SECONDS, seconds));
  return inside - (inside % STEP_SECONDS);
}

/** Returns the date word of a moment in seconds since 1970; out of range becomes the nearest. */
export function encodeDate(seconds: number): number {
  const inside = Math.min(LAST_SECONDS, Math.max(FIRST_SECONDS, seconds));
  const day = Math.floor(inside / DAY_SECONDS);
  if (day !== CACHED.day) {
    const date = new Date(day * DAY_SECONDS * 1000);
    const year = date.getUTCFullYear() - 1980;
    CACHED.word = (year << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate();
    CACHED.day = day;
  }
  return CACHED.word;
}

/** Returns the time word of a moment in seconds since 1970. */
export function encodeTime(seconds: number): number {
  const inside = clampSeconds(seconds) % DAY_SECONDS;
  const hours = Math.floor(inside / 3600);
  const minutes = Math.floor(inside / 60) % 60;
  return (hours << 11) | (minutes << 5) | ((inside % 60) >> 1);
}

/** Returns seconds since 1970 of a date and a time word; nonsense gives some moment, never NaN. */
export function decodeTime(date: number, time: number): number {
  const month = Math.max(1, (date >> 5) & 0x0f);
  const day = Math.max(1, date & 0x1f);
  const midnight = Date.UTC(1980 + (date >> 9), month - 1, day) / 1000;
  return midnight + (time >> 11) * 3600 + ((time >> 5) & 0x3f) * 60 + (time & 0x1f) * 2;
}
