/**
 * Exposes the contract to the window and nothing else: one function that asks, one that listens.
 * No event object, no channel outside the contract, no other part of Electron crosses over.
 */
import { contextBridge, ipcRenderer } from 'electron/renderer';
import { type Channel, isChannel } from '../../shared/ipc/channels.ts';
import type { Input, Output } from '../../shared/ipc/contract.ts';
import type { Result } from '../../shared/ipc/result.ts';
import { SNAPSHOT_EVENT, WINDOW_API_KEY, type WindowApi } from '../../shared/ipc/window-api.ts';
import type { AppSnapshot } from '../../shared/model/app.ts';

const api: WindowApi = Object.freeze({
  async invoke<C extends Channel>(channel: C, input: Input<C>): Promise<Result<Output<C>>> {
    if (!isChannel(channel)) throw new TypeError('unknown channel');
    // Main's router answers every channel with a Result of this channel's output.
    return (await ipcRenderer.invoke(channel, input)) as Result<Output<C>>;
  },
  onSnapshot(listener: (snapshot: AppSnapshot) => void): () => void {
    const forward = (_event: unknown, snapshot: AppSnapshot) => listener(snapshot);
    ipcRenderer.on(SNAPSHOT_EVENT, forward);
    return () => {
      ipcRenderer.off(SNAPSHOT_EVENT, forward);
    };
  },
});

contextBridge.exposeInMainWorld(WINDOW_API_KEY, api);
