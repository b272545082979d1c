/** Renders the app's icon, and that of its files, from their drawings into `resources/icons`. Run after a change of one. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('../../', import.meta.url));
const APP_SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024] as const;
const FILE_SIZES = [48, 256] as const;

await using browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  chromiumSandbox: false,
});
const page = await browser.newPage();

async function render(drawing: string, size: number, target: string): Promise<void> {
  await page.setViewportSize({ width: size, height: size });
  const source = Buffer.from(readFileSync(`${root}${drawing}`)).toString('base64');
  await page.setContent(
    `<body style="margin:0"><img width="${size}" height="${size}" style="display:block" src="data:image/svg+xml;base64,${source}">`,
  );
  await page.evaluate('document.images[0].decode()');
  await page.screenshot({ path: `${root}resources/icons/${target}`, omitBackground: true });
}

for (const size of APP_SIZES) await render('renderer/public/icon.svg', size, `${size}x${size}.png`);
for (const size of FILE_SIZES) {
  await render('resources/linux/container-icon.svg', size, `container-${size}.png`);
}
