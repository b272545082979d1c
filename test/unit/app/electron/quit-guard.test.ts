import { beforeEach, describe, expect, it, vi } from 'vitest';
import { VaultError } from '../../../../shared/errors/vault-error.ts';
import { createFakeServices, fakeVault } from '../../../support/fake-services.ts';

const { app } = vi.hoisted(() => {
  let listener: (event: { preventDefault(): void }) => Promise<void> = async () => {};
  return {
    app: {
      quits: 0,
      on(_name: string, added: typeof listener) {
        listener = added;
      },
      quit() {
        app.quits += 1;
      },
      /** Does what Electron does: asks the listener, and says whether it was held back. */
      async askToQuit() {
        let isHeld = false;
        await listener({
          preventDefault: () => {
            isHeld = true;
          },
        });
        return isHeld;
      },
    },
  };
});
vi.mock('electron/main', () => ({ app }));

const { guardQuit } = await import('../../../../main/app/electron/quit-guard.ts');

beforeEach(() => {
  app.quits = 0;
});

describe('quitting', () => {
  it('is held until every vault is locked, and goes through after that', async () => {
    const { services, calls } = createFakeServices();
    const order: string[] = [];
    const quit = app.quit;
    app.quit = () => {
      order.push(...calls, 'quit');
      quit();
    };
    guardQuit(services, () => {});
    expect(await app.askToQuit()).toBe(true);
    expect(order).toEqual(['lock-all false', 'quit']);
    expect(await app.askToQuit()).toBe(false);
    app.quit = quit;
  });

  it('locks once, however often it is asked for meanwhile', async () => {
    const { services, calls } = createFakeServices();
    guardQuit(services, () => {});
    const [first, second] = await Promise.all([app.askToQuit(), app.askToQuit()]);
    expect([first, second]).toEqual([true, true]);
    expect(calls).toEqual(['lock-all false']);
    expect(app.quits).toBe(1);
  });

  it('says why a vault stayed mounted, forces nothing and still quits', async () => {
    const { services, arrange } = createFakeServices();
    arrange({ vaults: [fakeVault({ state: 'mounted' })] });
    const failure = new VaultError('unmount-busy');
    services.lockAll = async () => {
      throw failure;
    };
    const onFailure = vi.fn();
    guardQuit(services, onFailure);
    await app.askToQuit();
    expect(onFailure).toHaveBeenCalledWith(failure);
    expect(app.quits).toBe(1);
  });
});
