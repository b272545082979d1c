import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { buildRenderer } from '../../../resources/build/build-renderer.ts';
import { LICENCES_FILE } from '../../../resources/build/write-licences.ts';
import { restrictSbom, type Sbom } from '../../../resources/packaging/sbom.ts';
import { signingPlan } from '../../../resources/packaging/signing-plan.ts';
import { differences, hashTree } from '../../../resources/packaging/tree-hash.ts';
import type { Licence } from '../../../shared/model/licence.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

describe('the list of licences', () => {
  it('names every package for use, what the window took in, and Electron, each with its text', async () => {
    await buildRenderer();
    const licences = JSON.parse(readFileSync(LICENCES_FILE, 'utf8')) as Licence[];
    const manifest = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const names = licences.map(({ name }) => name);
    const bundled = ['react', 'react-dom', '@mantine/core', 'uplot', 'electron'];
    expect(names).toEqual(
      expect.arrayContaining([...Object.keys(manifest.dependencies), ...bundled]),
    );
    expect(names).toEqual([...new Set(names)].toSorted());
    for (const tool of ['vite', 'vitest', 'typescript', 'electron-builder', 'playwright-core'])
      expect(names).not.toContain(tool);
    for (const { licence, text } of licences) {
      // Terms that ask for more than to be named would have to be looked at.
      expect(licence).toMatch(/^(MIT|0BSD|ISC|BSD-[23]-Clause|Apache-2\.0)$/);
      expect(text?.length).toBeGreaterThan(100);
    }
  }, 120_000);
});

describe('the SBOM', () => {
  const component = (name: string) => ({ 'bom-ref': `${name}@1.0.0`, name, version: '1.0.0' });
  const all: Sbom = {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    serialNumber: 'urn:uuid:0',
    metadata: { timestamp: 'now', component: component('folder') },
    components: ['a', 'b', 'tool'].map(component),
    dependencies: [
      { ref: 'folder@1.0.0', dependsOn: ['a@1.0.0', 'tool@1.0.0'] },
      { ref: 'a@1.0.0', dependsOn: ['b@1.0.0'] },
      { ref: 'tool@1.0.0', dependsOn: ['b@1.0.0'] },
    ],
  };
  const shipped = (name: string) => ({ name, version: '1.0.0', licence: 'MIT', text: null });

  it('holds what is shipped and nothing else, and is the same each time', () => {
    const sbom = restrictSbom(all, [shipped('a'), shipped('b')], new Date(0));
    expect(sbom.components.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(sbom.dependencies).toEqual([
      { ref: 'folder@1.0.0', dependsOn: ['a@1.0.0'] },
      { ref: 'a@1.0.0', dependsOn: ['b@1.0.0'] },
    ]);
    expect(sbom.metadata).toMatchObject({
      timestamp: '1970-01-01T00:00:00.000Z',
      component: { name: 'lockline' },
    });
    expect(sbom.serialNumber).toMatch(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(restrictSbom(all, [shipped('b'), shipped('a')], new Date(0))).toEqual(sbom);
  });

  it('is refused where something shipped is not in it', () => {
    expect(() => restrictSbom(all, [shipped('c')], new Date(0))).toThrow('c@1.0.0');
  });
});

describe('signing', () => {
  const apple = { APPLE_API_KEY: '/key.p8', APPLE_API_KEY_ID: 'id', APPLE_API_ISSUER: 'issuer' };
  it.each([
    ['darwin', {}, [], 'not signed: there is no CSC_LINK'],
    ['darwin', { CSC_LINK: '', ...apple }, [], 'not signed: there is no CSC_LINK'],
    [
      'darwin',
      { CSC_LINK: 'x', APPLE_API_KEY: 'k' },
      [],
      'not notarised: there is no APPLE_API_KEY_ID, APPLE_API_ISSUER',
    ],
    ['darwin', { CSC_LINK: 'x', ...apple }, ['-c.mac.notarize=true'], 'signed and notarised'],
    ['win32', { CSC_LINK: 'x' }, [], 'not signed: there is no WIN_CSC_LINK'],
    ['win32', { WIN_CSC_LINK: 'x' }, [], 'signed'],
    ['linux', { CSC_LINK: 'x' }, [], 'not signed on Linux'],
  ] as const)('on %s with %j', (platform, environment, args, summary) => {
    const plan = signingPlan(platform, environment, '/nowhere');
    expect({ args: plan.args, summary: plan.summary }).toEqual({ args, summary });
    const isOff = 'CSC_IDENTITY_AUTO_DISCOVERY' in plan.environment;
    expect(isOff).toBe(summary.startsWith('not signed:'));
  });

  it("gives Apple's tool a file where the environment holds the key itself", () => {
    using folder = temporaryFolder();
    const APPLE_API_KEY = '-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n';
    const environment = { CSC_LINK: 'x', ...apple, APPLE_API_KEY };
    const plan = signingPlan('darwin', environment, folder.path);
    const path = plan.environment['APPLE_API_KEY'] ?? '';
    expect(readFileSync(path, 'utf8')).toBe(APPLE_API_KEY);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is not for systems that have no packages', () => {
    expect(() => signingPlan('freebsd', {}, '/')).toThrow('freebsd');
  });
});

describe('two builds', () => {
  it('differ by what a file holds, its mode, and whether it is there; not by its time', () => {
    using one = temporaryFolder();
    using other = temporaryFolder();
    for (const folder of [one, other]) {
      mkdirSync(folder.file('sub'));
      for (const name of ['sub/same', 'mode', 'text', 'gone'])
        writeFileSync(folder.file(name), 'a');
    }
    expect(differences(hashTree(one.path), hashTree(other.path))).toEqual([]);
    writeFileSync(other.file('text'), 'b');
    writeFileSync(other.file('new'), 'a', { mode: 0o755 });
    expect(differences(hashTree(one.path), hashTree(other.path))).toEqual(['new', 'text']);
  });
});
