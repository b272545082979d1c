/** What could forge or reorder a line of output: controls, line separators, direction marks. */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;
const NOT_IN_UUID = /[^0-9A-Za-z-]/gu;
const REPLACEMENT = '\ufffd';

/** Returns text of a header in a form that is safe to show in a terminal and in a window. */
export function displayText(text: string): string {
  return text.replace(UNSAFE, REPLACEMENT);
}

/** Returns a header's UUID for showing: whatever a UUID cannot hold is replaced. */
export function displayUuid(text: string): string {
  return text.replace(NOT_IN_UUID, REPLACEMENT);
}

/** Returns the UUID in lower case, or the empty string where the text is none. Safe in paths. */
export function canonicalUuid(text: string): string {
  const isUuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text);
  return isUuid ? text.toLowerCase() : '';
}
