import type { Channel } from '../../shared/ipc/channels.ts';
import { createAppHandlers } from './app-handlers.ts';
import { createBenchmarkHandlers } from './benchmark-handlers.ts';
import type { HandlerContext, HandlersOf } from './handler.ts';
import { createKeyHandlers } from './key-handlers.ts';
import { createVaultHandlers } from './vault-handlers.ts';

/** Returns a handler for every channel of the contract; a missing one does not compile. */
export function createHandlers(context: HandlerContext): HandlersOf<Channel> {
  return {
    ...createAppHandlers(context),
    ...createBenchmarkHandlers(context),
    ...createVaultHandlers(context),
    ...createKeyHandlers(context),
  } satisfies HandlersOf<Channel>;
}
