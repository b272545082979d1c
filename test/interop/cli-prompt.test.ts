import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { requireTool } from '../support/require-tool.ts';
import { CHEAP_KDF, createLockline, type Lockline } from '../support/run-lockline.ts';

const hasTools = requireTool('python3', 'python3') && requireTool('cryptsetup', 'cryptsetup-bin');
const ON_TERMINAL = fileURLToPath(new URL('../support/on-terminal.py', import.meta.url));
const ENTRY = fileURLToPath(new URL('../../main/cli/lockline.ts', import.meta.url));

type Answers = readonly (readonly [prompt: string, typed: string, signal?: number])[];
type Ended = Readonly<{ code: number; output: string; hasEcho: boolean }>;

/** Runs a command on a real terminal. */
function onTerminal(lockline: Lockline, answers: Answers, args: readonly string[]) {
  const command = [ON_TERMINAL, JSON.stringify(answers), process.execPath, ENTRY, ...args];
  const options = { encoding: 'utf8', env: lockline.environment } as const;
  return JSON.parse(execFileSync('python3', command, options)) as Ended;
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
    expect(opened).toMatchObject({ code: 0, hasEcho: true });
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

  it.each([
    ['SIGTERM', constants.signals.SIGTERM],
    ['SIGHUP', constants.signals.SIGHUP],
    ['SIGINT', constants.signals.SIGINT],
  ])('leaves the terminal as it was, and nothing else, where %s ends it', async (name, signal) => {
    await using lockline = createLockline();
    const file = lockline.folder.file('vault');
    const ended = onTerminal(
      lockline,
      [['New passphrase: ', 'half a passph', signal]],
      ['create', file, '--size', '32M', ...CHEAP_KDF],
    );
    expect(ended).toMatchObject({
      code: 128 + signal,
      output: expect.stringContaining(`cancelled`),
      hasEcho: true,
    });
    expect(ended.output).toContain(`signal: ${name}`);
    expect(ended.output).not.toContain('half');
    expect(existsSync(file)).toBe(false);
  });
});
