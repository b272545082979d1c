import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildRenderer, RENDERER_FOLDER } from '../../../resources/build/build-renderer.ts';
import {
  assertBundleBudget,
  measureBundle,
  START_BUDGET_BYTES,
} from '../../../resources/build/check-bundle.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** A renderer whose page loads one script, which imports another and a third later. */
function builtRenderer(bytes: Readonly<Record<'main' | 'static' | 'later', number>>) {
  const folder = temporaryFolder();
  mkdirSync(folder.file('assets'));
  const filler = (length: number) => `/*${randomBytes(length).toString('latin1')}*/`;
  const page = '<link href="./assets/main.css"><script src="./assets/main.js"></script>';
  writeFileSync(folder.file('index.html'), page);
  writeFileSync(folder.file('assets/main.css'), 'body {}');
  const imports = 'import{a}from"./static.js";import("./later.js");';
  writeFileSync(folder.file('assets/main.js'), imports + filler(bytes.main), 'latin1');
  writeFileSync(folder.file('assets/static.js'), filler(bytes.static), 'latin1');
  writeFileSync(folder.file('assets/later.js'), filler(bytes.later), 'latin1');
  return folder;
}

describe('the size of the renderer', () => {
  it('is within its budget', async () => {
    await buildRenderer();
    const { startBytes, wholeBytes } = assertBundleBudget(RENDERER_FOLDER);
    expect(startBytes).toBeGreaterThan(100_000);
    expect(wholeBytes).toBeGreaterThan(startBytes);
  }, 120_000);

  it('counts at the start what a script imports, and not what it loads later', () => {
    using folder = builtRenderer({ main: 10_000, static: 20_000, later: 100_000 });
    const { startBytes, wholeBytes } = measureBundle(folder.path);
    expect(startBytes).toBeGreaterThan(29_000);
    expect(startBytes).toBeLessThan(40_000);
    expect(wholeBytes - startBytes).toBeGreaterThan(99_000);
  });

  it.each([
    ['start', { main: START_BUDGET_BYTES, static: 20_000, later: 10 }],
    ['whole', { main: 10_000, static: 20_000, later: 700_000 }],
  ])('is refused where its %s is over the budget', (what, bytes) => {
    using folder = builtRenderer(bytes);
    expect(() => assertBundleBudget(folder.path)).toThrow(`the renderer's ${what} is`);
  });
});
