import type { EngineSnapshot } from '../../shared/model/engine.ts';

/** Returns the engine in force for people, with what of it is not as was asked for. */
export function describeEngine({ read, write, provider, threads, notes }: EngineSnapshot): string {
  const workers = threads === 1 ? '1 crypto worker' : `${threads} crypto workers`;
  return [`Reads ${read}, writes ${write}, ${provider}, ${workers}`, ...notes].join('\n');
}
