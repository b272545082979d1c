import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { getConfig, validateConfiguration } from 'app-builder-lib/out/util/config/config.js';
import { DebugLogger } from 'builder-util';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../../shared/errors/codes.ts';
import { VERSION } from '../../../shared/version.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

describe('project files', () => {
  it('the version in the program is that of package.json', () => {
    const manifest = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8')) as {
      version: string;
    };
    expect(VERSION).toBe(manifest.version);
  });

  it("electron-builder.yml is accepted by the builder's own schema", async () => {
    const config = await getConfig(ROOT, 'electron-builder.yml', null);
    await expect(validateConfiguration(config, new DebugLogger(false))).resolves.not.toThrow();
    const broken = { ...config, notAKey: true };
    await expect(validateConfiguration(broken, new DebugLogger(false))).rejects.toThrow('notAKey');
  });

  it('what the hardening document names as proof is there', () => {
    const text = readFileSync(`${ROOT}/docs/hardening.md`, 'utf8');
    const named = [...text.matchAll(/`((?:main|test|resources|docs)\/[\w./-]+)`/g)].map(
      ([, path]) => path,
    );
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter((path) => !existsSync(`${ROOT}/${path}`))).toEqual([]);
    const points = [...text.matchAll(/^\| (\d+) \|/gm)].map(([, point]) => Number(point));
    expect(points).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  it('every error code says what is the matter and what to do', () => {
    for (const [code, { message, advice }] of Object.entries(ERROR_CODES)) {
      expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(message.length).toBeGreaterThan(8);
      expect(message.endsWith('.')).toBe(false);
      expect(advice.length).toBeGreaterThan(8);
    }
  });
});
