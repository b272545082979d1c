/** Bytes per KiB, MiB, GiB and TiB. */
export const KIB = 1024;
export const MIB = 1024 * KIB;
export const GIB = 1024 * MIB;
export const TIB = 1024 * GIB;

const UNITS: Readonly<Record<string, number>> = { '': 1, B: 1, K: KIB, M: MIB, G: GIB, T: TIB };

/**
 * Parses a size such as `512`, `64M`, `1.5G`, `2GiB` into bytes; units are powers of 1024.
 *
 * @returns Whole bytes, or `undefined` where the text is no size or not a safe integer.
 */
export function parseSize(text: string): number | undefined {
  const match = /^(\d{1,16}(?:\.\d{1,6})?)\s*([BKMGT]?)(?:iB|B)?$/i.exec(text.trim());
  if (!match) return undefined;
  const factor = UNITS[(match[2] ?? '').toUpperCase()];
  if (factor === undefined) return undefined;
  const bytes = Number(match[1]) * factor;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** Formats bytes for people, in binary units with at most one decimal: `1.5 GiB`. */
export function formatSize(bytes: number): string {
  const names = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < names.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 || Number.isInteger(value) ? 0 : 1;
  return `${value.toFixed(digits)} ${names[unit]}`;
}
