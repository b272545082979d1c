import type { HandlerContext, HandlersOf } from './handler.ts';

type BenchmarkChannel =
  | 'benchmark.machine'
  | 'benchmark.run'
  | 'benchmark.list'
  | 'benchmark.remove';

/** Returns the handlers of measuring this machine. */
export function createBenchmarkHandlers({
  services: { benchmarks },
}: HandlerContext): HandlersOf<BenchmarkChannel> {
  return {
    'benchmark.machine': ({ vaultId }) => benchmarks.machine(vaultId),
    'benchmark.run': ({ vaultId, request }) => ({ jobId: benchmarks.start(request, vaultId) }),
    'benchmark.list': () => benchmarks.list(),
    'benchmark.remove': ({ id }) => {
      benchmarks.remove(id);
      return null;
    },
  };
}
