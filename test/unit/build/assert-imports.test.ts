import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { assertImportsRewritten } from '../../../resources/build/assert-imports.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('a built program', () => {
  it.each([
    ["const a = await import('../luks/container.ts');", true],
    ["import { a } from './a.ts';", true],
    ['import "./a.ts";', true],
    ["export * from './a.tsx';", true],
    ["const a = await import('./a.js'); const text = 'from a.ts';", false],
    ["import { a } from 'package.ts';", false],
  ])('%s: refused %s', (line, isRefused) => {
    using folder = temporaryFolder();
    for (const part of ['main/deep', 'shared']) mkdirSync(folder.file(part), { recursive: true });
    writeFileSync(folder.file('main/deep/it.js'), line);
    const look = () => assertImportsRewritten(folder.path);
    if (isRefused) expect(look).toThrow('main/deep/it.js imports ');
    else expect(look).not.toThrow();
  });
});
