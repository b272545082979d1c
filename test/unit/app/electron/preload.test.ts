import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildRenderer, PRELOAD_FILE } from '../../../../resources/build/build-renderer.ts';

type Api = {
  invoke(channel: string, input: unknown): Promise<unknown>;
  grantDropped(file: unknown): Promise<unknown>;
  onUnlockAsked(listener: (vaultId: string) => void): () => void;
  onSnapshot(listener: (...values: unknown[]) => void): () => void;
};

let source: string;
let exposed: Record<string, Api>;
const invoked: unknown[][] = [];
const listeners = new Map<string, (...values: unknown[]) => void>();

beforeAll(async () => {
  await buildRenderer();
  source = readFileSync(PRELOAD_FILE, 'utf8');
  exposed = {};
  const electron = {
    contextBridge: {
      exposeInMainWorld: (key: string, api: Api) => {
        exposed[key] = api;
      },
    },
    ipcRenderer: {
      invoke: async (...values: unknown[]) => {
        invoked.push(values);
        return { ok: true, value: null };
      },
      on: (name: string, listener: () => void) => listeners.set(name, listener),
      off: (name: string) => listeners.delete(name),
    },
    webUtils: { getPathForFile: (file: { path?: string }) => file.path ?? '' },
  };
  const required: string[] = [];
  runInNewContext(source, {
    TypeError,
    exports: {},
    require: (name: string) => {
      required.push(name);
      return electron;
    },
  });
  expect(required).toEqual(['electron/renderer']);
}, 120_000);

describe('the built preload script', () => {
  it('is small and exposes one frozen object of four functions', () => {
    expect(source.length).toBeLessThan(4000);
    expect(Object.keys(exposed)).toEqual(['lockline']);
    expect(Object.keys(exposed['lockline'] ?? {}).sort()).toEqual([
      'grantDropped',
      'invoke',
      'onSnapshot',
      'onUnlockAsked',
    ]);
    expect(Object.isFrozen(exposed['lockline'])).toBe(true);
  });

  it('passes the channels of the contract on, and no other', async () => {
    await exposed['lockline']?.invoke('app.snapshot', {});
    expect(invoked).toEqual([['app.snapshot', {}]]);
    for (const channel of [
      'ELECTRON_BROWSER_REQUIRE',
      '__proto__',
      'app.snapshot2',
      'path.dropped',
    ]) {
      await expect(exposed['lockline']?.invoke(channel, {})).rejects.toThrow('unknown channel');
    }
    expect(invoked).toHaveLength(1);
  });

  it('asks leave for a dropped file by the path that the system tells of it', async () => {
    invoked.length = 0;
    await exposed['lockline']?.grantDropped({ path: '/home/ada/a.luks' });
    await exposed['lockline']?.grantDropped({ name: 'made up' });
    expect(invoked).toEqual([
      ['path.dropped', { path: '/home/ada/a.luks' }],
      ['path.dropped', { path: '' }],
    ]);
  });

  it('hands snapshots over without the event', () => {
    const received: unknown[][] = [];
    const stop = exposed['lockline']?.onSnapshot((...values) => received.push(values));
    listeners.get('snapshot')?.({ sender: 'secret' }, { revision: 1 });
    expect(received).toEqual([[{ revision: 1 }]]);
    stop?.();
    expect(listeners.size).toBe(0);
  });

  it('tells which vault was asked for in the tray, without the event', () => {
    const received: string[] = [];
    const stop = exposed['lockline']?.onUnlockAsked((vaultId) => received.push(vaultId));
    listeners.get('unlock')?.({ sender: 'secret' }, 'v1');
    expect(received).toEqual(['v1']);
    stop?.();
    expect(listeners.size).toBe(0);
  });
});
