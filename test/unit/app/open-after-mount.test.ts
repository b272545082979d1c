import { describe, expect, it } from 'vitest';
import { openFoldersAfterMount } from '../../../main/app/open-after-mount.ts';
import { DEFAULT_SETTINGS } from '../../../shared/model/settings.ts';
import { createFakeHost } from '../../support/fake-host.ts';
import { createFakeServices, fakeVault } from '../../support/fake-services.ts';

const MOUNTED = { state: 'mounted', mountPoint: '/run/x' } as const;

function arrange(settings = DEFAULT_SETTINGS, canOpenFolders = true) {
  const fake = createFakeServices();
  const host = createFakeHost({ canOpenFolders });
  fake.arrange({ settings });
  openFoldersAfterMount(fake.services, host, () => {});
  return { fake, host };
}

describe('opening the folder after a mount', () => {
  it('happens once, for a vault whose unlocking was seen', () => {
    const { fake, host } = arrange();
    fake.arrange({ vaults: [fakeVault({ state: 'unlocking' })] });
    fake.arrange({ vaults: [fakeVault(MOUNTED)] });
    fake.arrange({ vaults: [fakeVault(MOUNTED)] });
    expect(host.openedFolders).toEqual(['/run/x']);
  });

  it('does not happen for a vault that was mounted elsewhere, or whose unlocking failed', () => {
    const { fake, host } = arrange();
    fake.arrange({ vaults: [fakeVault(MOUNTED)] });
    fake.arrange({ vaults: [fakeVault({ state: 'unlocking' })] });
    fake.arrange({ vaults: [fakeVault()] });
    fake.arrange({ vaults: [fakeVault(MOUNTED)] });
    expect(host.openedFolders).toEqual([]);
  });

  it.each([
    ['the settings', { ...DEFAULT_SETTINGS, openFolderAfterMount: false }, true],
    ['the host', DEFAULT_SETTINGS, false],
  ])('does not happen against %s', (_name, settings, canOpenFolders) => {
    const { fake, host } = arrange(settings, canOpenFolders);
    fake.arrange({ vaults: [fakeVault({ state: 'unlocking' })] });
    fake.arrange({ vaults: [fakeVault(MOUNTED)] });
    expect(host.openedFolders).toEqual([]);
  });
});
