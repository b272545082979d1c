/** Tells whether an unlock was refused for the time that it takes, which a person may accept. */
export function isCostRefused(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false;
  const data: unknown = 'data' in error ? error.data : null;
  const canAccept = typeof data === 'object' && data !== null && 'canAccept' in data;
  return error.code === 'kdf-cost-excessive' && canAccept && data.canAccept === true;
}
