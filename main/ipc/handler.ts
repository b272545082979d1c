import type { Channel } from '../../shared/ipc/channels.ts';
import type { Input, Output } from '../../shared/ipc/contract.ts';
import type { EventLog } from '../services/event-log.ts';
import type { Services } from '../services/services.ts';
import type { Host } from './host.ts';
import type { PathGrants } from './path-grants.ts';

/** What handlers work with. */
export type HandlerContext = Readonly<{
  services: Services;
  host: Host;
  grants: PathGrants;
  eventLog: EventLog;
}>;

/** Handlers of some channels: thin, one use case each. A thrown `VaultError` is the answer. */
export type HandlersOf<C extends Channel> = {
  readonly [K in C]: (input: Input<K>) => Promise<Output<K>> | Output<K>;
};
