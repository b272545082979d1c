import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GuestRun } from '../support/guest/boot-guest.ts';
import { runDesktop } from '../support/guest/desktop-guest.ts';
import { hasGuestTools } from '../support/guest/guest-tools.ts';
import { requireTool } from '../support/require-tool.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const DESKTOP_LIMIT_MS = 960_000;
const hasDesktop =
  hasGuestTools() &&
  requireTool('pkexec', 'pkexec') &&
  requireTool('udisksctl', 'udisks2') &&
  requireTool('/usr/lib/x86_64-linux-gnu/libbd_crypto.so.2', 'libblockdev-crypto2') &&
  requireTool('dbus-daemon', 'dbus-daemon') &&
  requireTool('dbus-send', 'dbus-bin') &&
  requireTool('fusermount3', 'fuse3') &&
  requireTool('udevadm', 'udev');

describe.skipIf(!hasDesktop)('Lockline with polkit, udisks2 and a real kernel', () => {
  const folder = temporaryFolder();
  let run: GuestRun;

  beforeAll(async () => {
    run = await runDesktop(folder);
  }, DESKTOP_LIMIT_MS);
  afterAll(() => folder[Symbol.dispose]());

  function output(name: string): string {
    const outcome = run.outcomes.get(name);
    if (outcome === undefined) throw new Error(`no ${name} in:\n${run.transcript.slice(-3000)}`);
    expect(outcome.output).not.toContain('FAILED');
    return outcome.output;
  }

  it('a user mounts through pkexec and the helper, with the flags that were asked for', () => {
    const text = output('helper');
    expect(text).toContain('"backend": "dmcrypt"');
    expect(text).toContain('udisks2 not used: ');
    expect(text).toMatch(/lockline-\S+: 0 163840 crypt .* 2 no_read_workqueue sector_size:4096/);
    expect(text).toMatch(/^\/dev\/dm-0 \S+ vfat rw,nosuid,nodev,.*uid=1000/m);
    expect(text).toContain('by alice');
  });

  it('tune changes the flags of the mounted vault under load', () => {
    expect(output('helper')).toContain('\npass\n');
    expect(output('helper')).toMatch(
      /lockline-\S+: 0 163840 crypt .* 3 no_read_workqueue no_write_workqueue sector_size:4096/,
    );
  });

  it('advise --measure leaves in force what it says it has kept, and no file', () => {
    const [, measured = '', after = ''] = output('helper').split(/^@@(?:measured|table)\n/m);
    const { flags, measurement } = JSON.parse(measured);
    expect(measurement.before).toEqual(['no_read_workqueue', 'no_write_workqueue']);
    expect(measurement.after).toEqual(flags);
    expect(measurement.kept).toEqual(
      measurement.verdict.isWin ? measurement.after : measurement.before,
    );
    expect(measurement.verdict.before.meanBytesPerSecond).toBeGreaterThan(0);
    const words = [...measurement.kept, 'sector_size:4096'];
    expect(after.trim()).toMatch(new RegExp(` ${words.length} ${words.join(' ')}$`));
  });

  it('polkit is asked for each verb by the action that the policy gives it', () => {
    const asked = [...output('helper').matchAll(/asked (org\.lockline\.\S+) by alice/g)];
    const actions = asked.map(([, action]) => action);
    expect(actions).toContain('org.lockline.dmcrypt');
    expect(actions).toContain('org.lockline.dmcrypt.refresh');
    expect(actions).toContain('org.lockline.dmcrypt.close');
  });

  it('udisks2 opens and mounts the same vault, and nothing is left by either', () => {
    const text = output('udisks');
    expect(text).toContain('"backend": "udisks"');
    expect(text).toMatch(
      /"flags": \[\s*"no_write_workqueue"\s*\],\s*"voidFlags": \[\s*"high_priority"\s*\]/,
    );
    expect(text).toMatch(/^luks-\S+: 0 163840 crypt .* 2 no_write_workqueue sector_size:4096/m);
    expect(text).toContain('by alice');
    for (const step of ['helper', 'crashed', 'udisks', 'fuse'])
      expect(output(step)).toMatch(/^left:\n(No devices found\n?)?left\.$/m);
  });

  it('what a vault process that died has left is removed by dmcrypt clean', () => {
    const text = output('crashed');
    expect(text).toMatch(/^1\n/);
    expect(text).toMatch(/"mapping": "lockline-[0-9a-f]{32}",\s+"state": "removed"/);
  });

  it('whom polkit refuses both is served by FUSE, and is told why', () => {
    const text = output('fuse');
    expect(text).toContain('"backend": "fuse"');
    expect(text).toMatch(/udisks2 not used: .*\s+.*dm-crypt not used: /);
    expect(text).toContain('by alice');
  });

  it('whom polkit refuses gets nothing, and the helper without it is nobody', () => {
    const parts = output('refused').split(/^status /m);
    expect(parts[0]).toContain('Not authorized');
    expect(parts[1]).toMatch(/^127/);
    expect(parts[2]).toMatch(/^0\n[\s\S]*Not authorized/);
    expect(parts[3]).toMatch(/^127\n[\s\S]*error not-privileged/);
    expect(parts[4]).toMatch(/^8/);
  });
});
