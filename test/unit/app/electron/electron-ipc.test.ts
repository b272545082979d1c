import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { IncomingRequest } from '../../../../main/ipc/router.ts';
import { CHANNELS } from '../../../../shared/ipc/channels.ts';
import { createFakeServices } from '../../../support/fake-services.ts';

type Listener = (event: unknown, input: unknown) => unknown;

const { handlers, windows } = vi.hoisted(() => ({
  handlers: new Map<string, Listener>(),
  windows: [] as { webContents: { send: (...values: unknown[]) => void } }[],
}));
vi.mock('electron/main', () => ({
  ipcMain: { handle: (channel: string, listener: Listener) => handlers.set(channel, listener) },
  BrowserWindow: { getAllWindows: () => windows },
}));

const { connectElectronIpc } = await import('../../../../main/app/electron/electron-ipc.ts');

const seen: IncomingRequest[] = [];
const fake = createFakeServices();
const router = {
  dispatch: async (request: IncomingRequest) => {
    seen.push(request);
    return { ok: true, value: null } as const;
  },
};
const subscription = connectElectronIpc(router, fake.services);
beforeEach(() => {
  seen.length = 0;
});

/** An event from a frame of an origin; `isTop` says whether it is the page's main frame. */
function eventFrom(origin: string, isTop = true): unknown {
  const frame = { origin };
  return { senderFrame: frame, sender: { mainFrame: isTop ? frame : { origin } } };
}

describe('the Electron transport', () => {
  it('listens on the channels of the contract and on no other', () => {
    expect([...handlers.keys()].sort()).toEqual([...CHANNELS].sort());
  });

  it.each([
    ['our page', eventFrom('app://lockline'), true],
    ['a frame in our page', eventFrom('app://lockline', false), false],
    ['another host', eventFrom('app://evil'), false],
    ['the web', eventFrom('https://lockline'), false],
    ['a frame that is gone', { senderFrame: null, sender: { mainFrame: null } }, false],
  ])('tells the router of %s whether it is trusted', async (_name, event, isSenderTrusted) => {
    await handlers.get('app.snapshot')?.(event, {});
    expect(seen).toEqual([{ channel: 'app.snapshot', input: {}, isSenderTrusted }]);
  });

  it('sends snapshots to every window until it is disposed', () => {
    const send = vi.fn();
    windows.push({ webContents: { send } });
    fake.arrange({ version: '2' });
    expect(send).toHaveBeenCalledWith('snapshot', expect.objectContaining({ version: '2' }));
    subscription[Symbol.dispose]();
    fake.arrange({ version: '3' });
    expect(send).toHaveBeenCalledOnce();
  });
});
