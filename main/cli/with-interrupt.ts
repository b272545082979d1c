/**
 * Runs a long operation that Ctrl-C, SIGTERM or a closed terminal cancels: it ends with
 * `cancelled` and undoes what it had begun, instead of dying in the middle. One that comes when
 * the work is done finds nothing to cancel: its result is still told.
 */
export async function withInterrupt<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const abort = () => controller.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, abort);
  return await work(controller.signal);
}
