/**
 * Exposes the contract to the window and nothing else: one function that asks, two that listen, one
 * that asks leave for a dropped file.
 * No event object, no channel outside the contract, no other part of Electron crosses over.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron/renderer';
import { type Channel, isChannel, PRELOAD_CHANNELS } from '../../shared/ipc/channels.ts';
import type { Input, Output } from '../../shared/ipc/contract.ts';
import type { Result } from '../../shared/ipc/result.ts';
import {
  type DroppedFile,
  SNAPSHOT_EVENT,
  UNLOCK_EVENT,
  WINDOW_API_KEY,
  type WindowApi,
} from '../../shared/ipc/window-api.ts';
import type { AppSnapshot } from '../../shared/model/app.ts';
import type { PathGrant } from '../../shared/model/host.ts';

const api: WindowApi = Object.freeze({
  async invoke<C extends Channel>(channel: C, input: Input<C>): Promise<Result<Output<C>>> {
    if (!isChannel(channel) || PRELOAD_CHANNELS.includes(channel))
      throw new TypeError('unknown channel');
    // Main's router answers every channel with a Result of this channel's output.
    return (await ipcRenderer.invoke(channel, input)) as Result<Output<C>>;
  },
  onUnlockAsked(listener: (vaultId: string) => void): () => void {
    const forward = (_event: unknown, vaultId: string) => listener(vaultId);
    ipcRenderer.on(UNLOCK_EVENT, forward);
    return () => {
      ipcRenderer.off(UNLOCK_EVENT, forward);
    };
  },
  async grantDropped(file: DroppedFile): Promise<Result<PathGrant>> {
    // SECURITY: only a file that a person dropped has a path; one that the page made up has none.
    const path = webUtils.getPathForFile(file as File); // what the page has is the DOM's file
    return (await ipcRenderer.invoke('path.dropped', { path })) as Result<PathGrant>; // as above
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
