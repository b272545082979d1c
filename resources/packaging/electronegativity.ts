/**
 * `npm run check:electron`: Doyensec's Electronegativity over the app's sources. Any finding above
 * information is a failure. The tool is fetched when it is asked for: it is not kept with the others.
 *
 * It reads files, and our policy goes by header: so it is given the page with the policy in it.
 */
import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { contentSecurityPolicy } from '../../main/app/content-security-policy.ts';
import { run } from './run.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/**
 * It asks for a person's eye wherever there is a preload script, whatever that does: ours is held to
 * what it may expose by `test/unit/app/electron/preload.test.ts`.
 */
const LEFT_OUT = 'PreloadJSCheck';
/**
 * That `script-src 'self'` "seems to be" weak: it would be if our origin served what others wrote. It
 * serves the files of the build and nothing else (`app-protocol.test.ts`). A weak policy is CERTAIN.
 */
const ACCEPTED = /^CSP_GLOBAL_CHECK,"LOW","FIRM",/;
/** A tool that looks at nothing finds nothing: this it has to find. */
const CANARY = 'wrong-on-purpose.js';
const BAD_CODE = 'new BrowserWindow({ webPreferences: { nodeIntegration: true } });\n';
const SHIM = fileURLToPath(new URL('./without-got.cjs', import.meta.url));
const TOOL = '@doyensec/electronegativity@1.10.3';

const work = mkdtempSync(join(tmpdir(), 'lockline-electronegativity-'));
try {
  for (const name of ['main', 'renderer', 'shared', 'package.json'])
    cpSync(join(ROOT, name), join(work, 'app', name), { recursive: true });
  addPolicy(join(work, 'app/renderer/index.html'));
  const report = join(work, 'report.csv');
  const scan = [
    'electronegativity',
    '--input',
    join(work, 'app'),
    '--relative',
    '--exclude-checks',
    LEFT_OUT,
    '--output',
    report,
  ];
  writeFileSync(join(work, 'app', CANARY), BAD_CODE);
  run('npm', ['exec', '--yes', '--ignore-scripts', `--package=${TOOL}`, '--', ...scan], {
    cwd: work,
    env: { NODE_OPTIONS: `--require=${SHIM}` },
  });
  const text = readFileSync(report, 'utf8');
  if (!new RegExp(`NODE_INTEGRATION_JS_CHECK.*${CANARY}`).test(text))
    throw new Error('the tool did not find what is wrong on purpose');
  const findings = text
    .split('\n')
    .slice(1)
    .filter((line) => line !== '' && !/,"?INFORMATIONAL"?,/.test(line))
    .filter((line) => !line.includes(CANARY) && !ACCEPTED.test(line));
  for (const finding of findings) console.error(finding);
  if (findings.length > 0) process.exitCode = 1;
  else console.log('check:electron: ok');
} finally {
  rmSync(work, { recursive: true, force: true });
}

function addPolicy(page: string): void {
  const policy = contentSecurityPolicy(randomBytes(16).toString('base64'), "'none'");
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy}" />`;
  const html = readFileSync(page, 'utf8');
  if (!html.includes('<head>')) throw new Error('the page has no head');
  writeFileSync(page, html.replace('<head>', `<head>${meta}`));
}
