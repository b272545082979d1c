import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createInWindow, lockAndGoBack } from '../support/create-in-window.ts';
import { dumpVolumeKey } from '../support/cryptsetup.ts';
import { launchChromium, openWindow } from '../support/launch-chromium.ts';
import { requireTool } from '../support/require-tool.ts';
import { CHEAP_KDF, createLockline } from '../support/run-lockline.ts';
import { countInMemory } from '../support/scan-memory.ts';
import { startApp } from '../support/start-app.ts';

const hasTools = requireTool('cryptsetup', 'cryptsetup-bin') && requireTool('fusermount3', 'fuse3');
const hasChromium = requireTool('chromium', 'chromium');
/** The memory of a process that is not dumpable is root's alone to read. */
const isRoot = process.getuid?.() === 0;

/** Long and random, so that a hit is no accident. */
function newPassphrase(): string {
  return randomBytes(30).toString('base64url');
}

/** The passphrase, and each 16-byte quarter of the volume key. */
function needlesOf(passphrase: string, volumeKey: Buffer): Buffer[] {
  const quarters = [0, 16, 32, 48].map((at) => volumeKey.subarray(at, at + 16));
  return [Buffer.from(passphrase), ...quarters];
}

function countAll(processId: number, needles: readonly Buffer[]): number {
  return needles.reduce((hits, needle) => hits + countInMemory(processId, needle), 0);
}

describe.skipIf(!hasTools || !isRoot)('secrets in memory', () => {
  it('the command line keeps none while it stays, and the vault process is gone after the lock', async () => {
    await using lockline = createLockline();
    const passphrase = newPassphrase();
    const file = lockline.folder.file('vault');
    const passphraseFile = lockline.passphraseFile(passphrase);
    const secret = ['--passphrase-file', passphraseFile];
    await lockline.json(['create', file, '--size', '48M', ...CHEAP_KDF, ...secret]);
    const needles = needlesOf(passphrase, await dumpVolumeKey(file, passphrase));
    const child = lockline.start(['mount', file, '--foreground', '--json', ...secret]);
    const output = await new Promise<string>((resolve) => {
      child.stdout.setEncoding('utf8').once('data', resolve);
    });
    const { processId, mountPoint } = JSON.parse(output) as {
      processId: number;
      mountPoint: string;
    };
    writeFileSync(join(mountPoint, 'file'), Buffer.alloc(1 << 20, 1));

    expect(countAll(child.pid ?? 0, needles)).toBe(0);
    // The scan can find what is there: the vault process holds the key while it is open.
    expect(countAll(processId, needles.slice(1))).toBeGreaterThan(0);
    expect(countInMemory(processId, Buffer.from(passphrase))).toBe(0);

    const ended = new Promise((resolve) => child.once('exit', resolve));
    await lockline.json(['unmount', file]);
    await ended;
    await expect.poll(() => existsSync(`/proc/${processId}`), { timeout: 30_000 }).toBe(false);
  });

  it.skipIf(!hasChromium)(
    'the host of the window keeps none while a vault is open and after its lock',
    async () => {
      await using app = await startApp();
      const browser = await launchChromium();
      try {
        const { page } = await openWindow(browser, app.url);
        page.setDefaultTimeout(30_000);
        const passphrase = newPassphrase();
        const path = join(app.folder, 'Scan.luks');
        await createInWindow(page, { path, size: '48M', passphrase });
        await lockAndGoBack(page, 'Scan.luks');
        await page.getByRole('button', { name: 'Unlock Scan.luks' }).click();
        await page.getByRole('textbox', { name: 'Passphrase', exact: true }).fill(passphrase);
        await page.keyboard.press('Enter');
        const row = page.getByRole('listitem').filter({ hasText: 'Scan.luks' });
        await row.getByText('Mounted', { exact: true }).waitFor();
        const needles = needlesOf(passphrase, await dumpVolumeKey(path, passphrase));
        expect(countAll(app.pid, needles)).toBe(0);
        await page.getByRole('button', { name: 'Lock Scan.luks' }).click();
        await row.getByText('Locked', { exact: true }).waitFor();
        await sleep(1000);
        expect(countAll(app.pid, needles)).toBe(0);
      } finally {
        await browser.close();
      }
    },
    120_000,
  );
});
