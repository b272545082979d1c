const NOT_IN_UUID = /[^0-9A-Za-z-]/gu;
const REPLACEMENT = '\ufffd';

/** Returns a header's UUID for showing: whatever a UUID cannot hold is replaced. */
export function displayUuid(text: string): string {
  return text.replace(NOT_IN_UUID, REPLACEMENT);
}

/** Returns the UUID in lower case, or the empty string where the text is none. Safe in paths. */
export function canonicalUuid(text: string): string {
  const isUuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text);
  return isUuid ? text.toLowerCase() : '';
}
