import { fromWireError } from '../../shared/errors/vault-error.ts';
import type { Channel } from '../../shared/ipc/channels.ts';
import type { Input, Output } from '../../shared/ipc/contract.ts';
import type { Result } from '../../shared/ipc/result.ts';
import { type DroppedFile, WINDOW_API_KEY, type WindowApi } from '../../shared/ipc/window-api.ts';
import type { AppSnapshot } from '../../shared/model/app.ts';
import type { PathGrant } from '../../shared/model/host.ts';
import { connectSocket } from './socket-transport.ts';

/** Main as the window sees it. Commands change nothing here: the next snapshot does. */
export interface Bridge {
  /** @throws VaultError with main's code for a refusal. */
  call<C extends Channel>(channel: C, input: Input<C>): Promise<Output<C>>;
  /** For commands that a refusal only makes moot, such as dismissing what is gone already. */
  send<C extends Channel>(channel: C, input: Input<C>): void;
  onSnapshot(listener: (snapshot: AppSnapshot) => void): () => void;
  /** Leave to add a dropped file; null where nobody can tell where it lies. */
  grantDropped(file: DroppedFile): Promise<PathGrant | null>;
  onDisconnect(listener: () => void): () => void;
  onUnlockAsked(listener: (vaultId: string) => void): () => void;
}

type LocklineWindow = Window & { [WINDOW_API_KEY]?: WindowApi };

/** Connects by the transport at hand: the preload script's API, or the browser host's socket. */
export function createBridge(window: LocklineWindow): Bridge {
  const exposed = window[WINDOW_API_KEY];
  if (exposed !== undefined) return bridgeOver(exposed, () => () => undefined);
  const socket = connectSocket(window.location.href);
  return bridgeOver(socket, socket.onDisconnect);
}

function bridgeOver(api: WindowApi, onDisconnect: Bridge['onDisconnect']): Bridge {
  const call: Bridge['call'] = async (channel, input) => unwrap(await api.invoke(channel, input));
  return {
    call,
    async grantDropped(file) {
      if (api.grantDropped !== undefined) return unwrap(await api.grantDropped(file));
      const { name, size: sizeBytes, lastModified: modifiedMs } = file;
      return call('path.find', { name, sizeBytes, modifiedMs });
    },
    send(channel, input) {
      void api.invoke(channel, input);
    },
    onSnapshot: api.onSnapshot,
    onDisconnect,
    onUnlockAsked: (listener) => api.onUnlockAsked?.(listener) ?? (() => {}),
  };
}

function unwrap<T>(result: Result<T>): T {
  if (!result.ok) throw fromWireError(result.error);
  return result.value;
}
