/** Words of the benchmark screen. */
export const BENCHMARK_MESSAGES_EN = {
  'job.benchmark': 'Benchmark',
  'job.said.done.benchmark': 'The benchmark is done',
  'phase.measuring': 'Measuring',
} as const;
