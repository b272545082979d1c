import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const CONFIG = `${ROOT}/.dependency-cruiser.cjs`;

type Rule = Readonly<{ name: string; from: Readonly<{ path?: string }> }>;
const rules = (createRequire(import.meta.url)(CONFIG) as { forbidden: Rule[] }).forbidden;

/** One file for each rule, with the import that the rule forbids. */
const FORBIDDEN: Readonly<Record<string, readonly [file: string, imported: string]>> = {
  'no-circular': ['shared/round.ts', './trip.ts'],
  'no-unresolvable': ['shared/lost.ts', './nowhere.ts'],
  'shared-is-pure': ['shared/impure.ts', '../main/bytes/target.ts'],
  'shared-no-builtin': ['shared/builtin.ts', 'node:fs'],
  'renderer-is-a-view': ['renderer/reach.ts', '../main/bytes/target.ts'],
  'renderer-no-builtin': ['renderer/builtin.ts', 'node:fs'],
  'renderer-features-apart': ['renderer/features/a/one.ts', '../b/two.ts'],
  'mount-backends-apart': ['main/mount/fuse/one.ts', '../nbd/two.ts'],
  'electron-only-in-app': ['main/services/window.ts', 'electron/main'],
  'product-without-tests': ['main/services/tested.ts', '../../test/helper.ts'],
  'main-system': ['main/system/up.ts', '../services/target.ts'],
  'main-bytes': ['main/bytes/up.ts', '../services/target.ts'],
  'main-statistics': ['main/statistics/up.ts', '../services/target.ts'],
  'main-crypto': ['main/crypto/up.ts', '../block/target.ts'],
  'main-engine': ['main/engine/up.ts', '../block/target.ts'],
  'main-block': ['main/block/up.ts', '../luks/target.ts'],
  'main-luks': ['main/luks/up.ts', '../filesystem/target.ts'],
  'main-filesystem': ['main/filesystem/up.ts', '../luks/target.ts'],
  'main-benchmark': ['main/benchmark/up.ts', '../services/target.ts'],
  'main-mount': ['main/mount/up.ts', '../luks/target.ts'],
  'main-session': ['main/session/up.ts', '../services/target.ts'],
  'main-store': ['main/store/up.ts', '../services/target.ts'],
  'main-services': ['main/services/up.ts', '../cli/target.ts'],
  'main-ipc': ['main/ipc/up.ts', '../session/target.ts'],
  'main-cli': ['main/cli/up.ts', '../session/target.ts'],
  'main-preload': ['main/preload/up.ts', '../services/target.ts'],
};

const TARGETS = ['bytes', 'block', 'luks', 'filesystem', 'services', 'session', 'cli'];

describe('boundaries', () => {
  it('every rule has its forbidden import here', () => {
    expect(rules.map(({ name }) => name).sort()).toEqual(Object.keys(FORBIDDEN).sort());
  });

  it('every rule catches its forbidden import', () => {
    using folder = temporaryFolder();
    const write = (file: string, text: string) => {
      mkdirSync(dirname(folder.file(file)), { recursive: true });
      writeFileSync(folder.file(file), text);
    };
    writeFileSync(folder.file('package.json'), '{"type":"module"}');
    writeFileSync(folder.file('tsconfig.node.json'), '{"compilerOptions":{"module":"nodenext"}}');
    for (const target of TARGETS) write(`main/${target}/target.ts`, 'export const value = 1;\n');
    write('shared/trip.ts', "export * from './round.ts';\n");
    write('renderer/features/b/two.ts', 'export const value = 1;\n');
    write('main/mount/nbd/two.ts', 'export const value = 1;\n');
    write('test/helper.ts', 'export const value = 1;\n');
    for (const [file, imported] of Object.values(FORBIDDEN)) {
      write(file, `import * as found from '${imported}';\nexport const used = found;\n`);
    }
    const run = spawnSync(
      `${ROOT}/node_modules/.bin/depcruise`,
      ['--config', CONFIG, '--output-type', 'json', 'main', 'renderer', 'shared'],
      { cwd: folder.path, encoding: 'utf8', maxBuffer: 1 << 26 },
    );
    const report = JSON.parse(run.stdout) as {
      summary: { violations: { from: string; rule: { name: string } }[] };
    };
    const caught = report.summary.violations.map(({ from, rule }) => `${rule.name} in ${from}`);
    const wanted = Object.entries(FORBIDDEN).map(([name, [file]]) => `${name} in ${file}`);
    expect(wanted.filter((line) => !caught.includes(line))).toEqual([]);
  });
});
