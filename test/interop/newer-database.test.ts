import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import SqliteDatabase from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLockline, type Lockline } from '../support/run-lockline.ts';

const BROWSER_ENTRY = fileURLToPath(new URL('../../main/app/start-browser.ts', import.meta.url));
const WORDS = 'Cannot open the database: a newer Lockline wrote it (version: 1000, supported: ';

let lockline: Lockline;
let path: string;
let before: Buffer;

beforeAll(() => {
  lockline = createLockline();
  mkdirSync(lockline.folder.file('data/lockline'), { recursive: true });
  path = lockline.folder.file('data/lockline/lockline.db');
  const newer = new SqliteDatabase(path);
  newer.exec('CREATE TABLE vaults_of_the_future (id TEXT) STRICT');
  newer.pragma('user_version = 1000');
  newer.close();
  before = readFileSync(path);
});
afterAll(() => lockline[Symbol.asyncDispose]());

describe('a database of a newer Lockline', () => {
  it('is refused in words by the command line, and not touched', async () => {
    const { code, stderr } = await lockline.run(['list']);
    expect(code).toBe(6);
    expect(stderr).toContain(`lockline: database-newer: ${WORDS}`);
    expect(stderr).toContain('Update Lockline');
    expect(stderr.split('\n')).toHaveLength(3);
    expect(readFileSync(path)).toEqual(before);
  });

  it('does not keep a vault from being looked at', async () => {
    const { code, stderr } = await lockline.run(['info', '/etc/hostname']);
    expect(code).toBe(4);
    expect(stderr).toContain('not-luks');
  });

  it('is refused in the same words by the browser host', () => {
    const { status, stderr } = spawnSync(process.execPath, [BROWSER_ENTRY], {
      encoding: 'utf8',
      env: lockline.environment,
    });
    expect(status).toBe(6);
    expect(stderr).toContain(WORDS);
    expect(stderr.split('\n')).toHaveLength(3);
    expect(readFileSync(path)).toEqual(before);
  });
});
