/** `npm run check`: types, lint and format, boundaries, dead code. Any finding is a failure. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

type Step = Readonly<{ name: string; command: string; args: readonly string[] }>;

/** What the compiler found is kept: only what changed since, and what uses it, is looked at again. */
function typesOf(name: string, project: string): Step {
  const seen = `node_modules/.cache/types/${project}.tsbuildinfo`;
  const args = ['-p', `tsconfig.${project}.json`, '--incremental', '--tsBuildInfoFile', seen];
  return { name: `types of ${name}`, command: 'tsc', args };
}

const STEPS: readonly Step[] = [
  typesOf('shared', 'shared'),
  typesOf('main and tests', 'node'),
  typesOf('renderer', 'web'),
  { name: 'lint and format', command: 'biome', args: ['check', '--error-on-warnings', '.'] },
  { name: 'boundaries', command: 'depcruise', args: ['main', 'renderer', 'shared'] },
  { name: 'dead code', command: 'knip', args: [] },
];

/** A gate that looks at nothing passes everything: the boundaries must have seen the modules. */
function sawNothing(step: Step, output: string): boolean {
  if (step.name !== 'boundaries') return false;
  const modules = /\((\d+) modules/.exec(output)?.[1];
  return modules === undefined || Number(modules) < 50;
}

for (const step of STEPS) {
  const startedMs = performance.now();
  const run = spawnSync(`${root}node_modules/.bin/${step.command}`, step.args, {
    cwd: root,
    encoding: 'utf8',
  });
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  const output = `${run.stdout}${run.stderr}`;
  if (run.status !== 0 || sawNothing(step, output)) {
    console.error(`${output}\n${step.name}: failed (${seconds} s)`);
    process.exit(1);
  }
  console.log(`${step.name}: ok (${seconds} s)`);
}
