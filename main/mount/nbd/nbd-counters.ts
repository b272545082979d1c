/**
 * Where each statistic lies in the `Float64Array` that the owner of a server hands in, usually over
 * shared memory: plain doubles, written by the serving thread alone, read by others at any time.
 */
export const NBD_COUNTERS = {
  requests: 0,
  readRequests: 1,
  readBytes: 2,
  writeRequests: 3,
  writtenBytes: 4,
  /** Requests answered with an error for a fault of the storage or of ours. */
  faults: 5,
  /** Times the loop went to sleep. */
  sleeps: 6,
  /** Connections that are open now. */
  connections: 7,
} as const;

/** Length of the array. */
export const NBD_COUNTER_COUNT = 8;
