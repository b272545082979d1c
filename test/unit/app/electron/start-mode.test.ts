import { describe, expect, it } from 'vitest';
import { readStartMode } from '../../../../main/app/electron/start-mode.ts';

describe('the start of the app', () => {
  it('opens a window, for files that it is given', () => {
    expect(readStartMode([])).toEqual({ kind: 'window', paths: [] });
    expect(readStartMode(['/home/a/vault', '--ozone-platform=wayland'])).toEqual({
      kind: 'window',
      paths: ['/home/a/vault'],
    });
    expect(readStartMode(['--at-login', '--', '--odd name'])).toEqual({
      kind: 'window',
      paths: ['--odd name'],
    });
  });

  it.each([
    '--remote-debugging-port=9222',
    '--REMOTE-DEBUGGING-PORT=9222',
    '--remote-debugging-pipe',
    '--inspect',
    '--inspect-brk=0',
    '--js-flags=--allow-natives-syntax',
    '--no-sandbox',
    '--disable-web-security',
    '--load-extension=/tmp/x',
    '--user-data-dir=/tmp/x',
    '--proxy-server=http://localhost',
    '--password-store=basic',
    '--renderer-cmd-prefix=gdb',
    '--host-rules=MAP * 127.0.0.1',
    '--enable-logging',
    '-r',
    '--lockline-command-other',
  ])('refuses %s', (argument) => {
    const { kind } = readStartMode(['/home/a/vault', argument]);
    expect(kind).toBe('refused');
  });

  it('is the command line with the command first, whose arguments no switch is taken from', () => {
    const switches = ['--lockline-command', '--ozone-platform=headless', '--no-sandbox'];
    expect(readStartMode([...switches, '--', 'mount', 'a', '--read-only', '--inspect'])).toEqual({
      kind: 'command',
      args: ['mount', 'a', '--read-only', '--inspect'],
    });
    expect(readStartMode([...switches, '--'])).toEqual({ kind: 'command', args: [] });
    expect(readStartMode(['vault', '--lockline-command', '--', 'list'])).toMatchObject({
      kind: 'refused',
    });
    expect(readStartMode([...switches, '--', 'a', '--', 'b'])).toEqual({
      kind: 'command',
      args: ['a', '--', 'b'],
    });
  });

  it('is a vault process only where that comes first', () => {
    expect(readStartMode(['--lockline-vault-process', '--no-sandbox'])).toEqual({
      kind: 'vault-process',
    });
    expect(readStartMode(['file', '--lockline-vault-process'])).toMatchObject({ kind: 'refused' });
    expect(readStartMode(['--', '--lockline-vault-process'])).toEqual({
      kind: 'window',
      paths: ['--lockline-vault-process'],
    });
  });
});
