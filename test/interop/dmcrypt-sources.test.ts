import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { requireTool } from '../support/require-tool.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const LINUX = fileURLToPath(new URL('../../resources/linux/', import.meta.url));
const POLICY = `${LINUX}org.lockline.dmcrypt.policy`;
const DTD = '/usr/share/polkit-1/policyconfig-1.dtd';
const VERBS = [
  'open',
  'mount',
  'refresh',
  'resize',
  'close',
  'unmount',
  'status',
  'probe',
  'clean',
];
const OWN_VERBS = ['close', 'unmount', 'status', 'probe'];
const LANGUAGES = ['de', 'fr', 'es', 'ja'];
const STRICT = [
  ...['-std=gnu17', '-D_GNU_SOURCE', '-D_FORTIFY_SOURCE=2', '-O2', '-fanalyzer', '-Werror'],
  ...['-Wall', '-Wextra', '-Wconversion', '-Wshadow', '-Wformat=2', '-c'],
];

const hasXmllint = requireTool('xmllint', 'libxml2-utils') && requireTool(DTD, 'polkitd');

describe.skipIf(!hasXmllint)('the policy of the dm-crypt helper', () => {
  const actions = readFileSync(POLICY, 'utf8').split('<action ').slice(1);

  it('is valid by polkit’s own document type', () => {
    execFileSync('xmllint', ['--noout', '--dtdvalid', DTD, POLICY]);
  });

  it('has one action for each verb, in every language', () => {
    const verbs = actions.map((action) => /exec\.argv1">(\w+)</.exec(action)?.[1]);
    expect(verbs).toEqual(VERBS);
    for (const action of actions) {
      expect(action).toContain('exec.path">/usr/libexec/lockline/lockline-dmcrypt<');
      for (const language of LANGUAGES) {
        expect(action).toContain(`<description xml:lang="${language}">`);
        expect(action).toContain(`<message xml:lang="${language}">`);
      }
    }
  });

  it('asks for an administrator where something is opened or changed, never for the user’s own password', () => {
    expect(readFileSync(POLICY, 'utf8')).not.toMatch(/<allow_\w+>auth_self/);
    for (const action of actions) {
      const verb = /exec\.argv1">(\w+)</.exec(action)?.[1] ?? '';
      const expected = OWN_VERBS.includes(verb) ? 'yes' : 'auth_admin_keep';
      expect(action).toContain(`<allow_active>${expected}</allow_active>`);
    }
  });
});

describe.skipIf(!requireTool('cc', 'build-essential'))('the source of the dm-crypt helper', () => {
  const sources = readdirSync(`${LINUX}dmcrypt`).filter((name) => name.endsWith('.c'));

  it.each(sources)('%s has nothing for the compiler or its analyser to complain of', (source) => {
    using folder = temporaryFolder();
    const args = [...STRICT, source, '-o', folder.file('object')];
    const { status, stderr } = spawnSync('cc', args, { cwd: `${LINUX}dmcrypt`, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  it('runs no shell and no program by a name that is looked up', () => {
    for (const source of sources) {
      const text = readFileSync(`${LINUX}dmcrypt/${source}`, 'utf8');
      expect(text).not.toMatch(/\b(system|popen|execvpe?|execlp)\s*\(/);
    }
  });
});

describe.skipIf(!requireTool('shellcheck', 'shellcheck'))(
  'the installer of the dm-crypt helper',
  () => {
    it('is clean by shellcheck', () => {
      execFileSync('shellcheck', [`${LINUX}install-dmcrypt.sh`]);
    });
  },
);
