import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { requireTool } from '../support/require-tool.ts';
import { CHEAP_KDF, createLockline, type Lockline } from '../support/run-lockline.ts';

const hasTools = requireTool('python3', 'python3') && requireTool('cryptsetup', 'cryptsetup-bin');
const ON_TERMINAL = fileURLToPath(new URL('../support/on-terminal.py', import.meta.url));
const ENTRY = fileURLToPath(new URL('../../main/cli/lockline.ts', import.meta.url));

type Answers = readonly (readonly [prompt: string, typed: string])[];

/** Runs a command on a real terminal. */
function onTerminal(lockline: Lockline, answers: Answers, args: readonly string[]) {
  const command = [ON_TERMINAL, JSON.stringify(answers), process.execPath, ENTRY, ...args];
  const options = { encoding: 'utf8', env: lockline.environment } as const;
  return JSON.parse(execFileSync('python3', command, options)) as { code: number; output: string };
}

describe.skipIf(!hasTools)('the passphrase prompt', () => {
  it('asks twice without echo, takes corrections and any character, and shows progress', async () => {
    await using lockline = createLockline();
    const file = lockline.folder.file('vault');
    const typed = 'grüße ✓ 42';
    const withCorrections = `wrong\u0015grüße ✓✗\u007f 43\u007f2\r`;
    const { code, output } = onTerminal(
      lockline,
      [
        ['New passphrase: ', withCorrections],
        ['Repeat passphrase: ', `${typed}\r`],
      ],
      ['create', file, '--size', '32M', ...CHEAP_KDF],
    );
    expect(output).toContain(`Created ${file}`);
    expect(code).toBe(0);
    for (const secret of [typed, 'wrong', 'grü', 'ße', '✓']) expect(output).not.toContain(secret);
    expect(output).toMatch(/Deriving the key|Making the filesystem|Starting/);
    execFileSync('cryptsetup', ['open', '--test-passphrase', '--key-file', '-', file], {
      input: typed,
    });

    const opened = onTerminal(lockline, [['Passphrase: ', `${typed}\r`]], ['test', file]);
    expect(opened).toMatchObject({ code: 0 });
    expect(opened.output).toContain('Keyslot 0 opens');
  });

  it('refuses two that differ and an empty one, and stops at Ctrl-C, leaving nothing', async () => {
    await using lockline = createLockline();
    const file = lockline.folder.file('vault');
    const create = ['create', file, '--size', '32M', ...CHEAP_KDF];
    const differ = onTerminal(
      lockline,
      [
        ['New passphrase: ', 'one\r'],
        ['Repeat passphrase: ', 'two\r'],
      ],
      create,
    );
    expect(differ).toMatchObject({
      code: 2,
      output: expect.stringContaining('passphrase-mismatch'),
    });
    const empty = onTerminal(lockline, [['New passphrase: ', '\r']], create);
    expect(empty).toMatchObject({ code: 2, output: expect.stringContaining('passphrase-empty') });
    const stopped = onTerminal(lockline, [['New passphrase: ', 'abc\u0003']], create);
    expect(stopped).toMatchObject({ code: 1, output: expect.stringContaining('cancelled') });
    expect(existsSync(file)).toBe(false);
  });
});
