/**
 * `npm run release`: all that has to be true before packages are given to anybody, then the packages
 * of this machine's system and processor, their SBOM, and the sums of all files. Publishes nothing.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sourceDate } from '../build/source-date.ts';
import { run } from './run.ts';
import { signingPlan } from './signing-plan.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const OUTPUT = `${ROOT}dist/packages`;
const BUILDER = fileURLToPath(import.meta.resolve('electron-builder/cli.js'));
const PLATFORMS = { linux: '--linux', darwin: '--mac', win32: '--win' } as const;
const ARTIFACT = /\.(deb|rpm|AppImage|dmg|exe|cdx\.json)$/;

const isShell = process.platform === 'win32'; // npm is a script there
const step = (name: string, program: string, args: readonly string[], env = {}) => {
  console.log(`release: ${name}`);
  run(program, args, { cwd: ROOT, env, isShell });
};

const keys = mkdtempSync(join(tmpdir(), 'lockline-release-'));
try {
  rmSync(OUTPUT, { recursive: true, force: true });
  step('every package is signed by the registry', 'npm', ['audit', 'signatures']);
  step('types, lint, boundaries, dead code', 'npm', ['run', 'check']);
  step('build', 'npm', ['run', 'build']);
  step('SBOM', 'npm', ['run', 'sbom']);
  const { environment, args, summary } = signingPlan(process.platform, process.env, keys);
  console.log(`release: ${summary}`);
  const platform = PLATFORMS[process.platform as keyof typeof PLATFORMS]; // checked by the plan
  step(
    'packages',
    process.execPath,
    [BUILDER, platform, `--${process.arch}`, '--publish', 'never', ...args],
    { ...environment, SOURCE_DATE_EPOCH: String(sourceDate().getTime() / 1000) },
  );
  const names = readdirSync(OUTPUT).filter((name) => ARTIFACT.test(name));
  const sums = names.sort().map((name) => `${sumOf(join(OUTPUT, name))}  ${name}\n`);
  const sumsFile = `SHA256SUMS-${process.platform}-${process.arch}`;
  writeFileSync(join(OUTPUT, sumsFile), sums.join(''));
  console.log(sums.join(''));
} finally {
  rmSync(keys, { recursive: true, force: true });
}

function sumOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
