import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Where Debian keeps `cryptsetup` and `mke2fs`; not in the path of an ordinary user. */
const SYSTEM_FOLDERS = '/usr/sbin:/sbin';

export default defineConfig({
  test: {
    env: { PATH: `${process.env['PATH'] ?? ''}:${SYSTEM_FOLDERS}` },
    include: ['test/**/*.test.{ts,tsx}'],
    globalSetup: ['test/support/build-once.ts', 'test/support/hygiene.ts'],
    pool: 'forks',
    // Much of a test's time is waiting for programs: one more than a small machine has processors.
    maxWorkers: Math.max(3, availableParallelism()),
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 30_000 } },
    passWithNoTests: false,
  },
});
