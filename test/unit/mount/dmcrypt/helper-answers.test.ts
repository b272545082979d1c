import { describe, expect, it } from 'vitest';
import { toHelperError } from '../../../../main/mount/dmcrypt/helper-errors.ts';
import {
  parseLeftovers,
  parseMapping,
  parseProbe,
} from '../../../../main/mount/dmcrypt/parse-answer.ts';

const MAPPING = `lockline-${'0123456789abcdef'.repeat(2)}`;
const ANSWER = [
  `name=${MAPPING}`,
  'uid=1000',
  'device=/dev/dm-3',
  'cipher=capi:xts-aes-aesni-plain64',
  'flags=no_read_workqueue,no_write_workqueue,newer_flag',
  'void-flags=high_priority',
  'loop=/dev/loop7',
  'filesystem=vfat',
  'mount-point=/run/user/1000/lockline/mounts/a\\040b\\134c=d',
  'future=1',
  '',
].join('\n');

describe('parseMapping()', () => {
  it('takes what it knows, and leaves out what is newer', () => {
    expect(parseMapping(ANSWER)).toEqual({
      kernel: {
        mapping: MAPPING,
        device: '/dev/dm-3',
        loop: '/dev/loop7',
        cipher: 'capi:xts-aes-aesni-plain64',
        flags: ['no_read_workqueue', 'no_write_workqueue'],
        voidFlags: ['high_priority'],
      },
      filesystem: 'vfat',
      mountPoint: '/run/user/1000/lockline/mounts/a b\\c=d',
    });
  });

  it('tells a mapping without flags that is not mounted', () => {
    const text = `name=${MAPPING}\ndevice=/dev/dm-0\nflags=\nmount-point=\n`;
    expect(parseMapping(text)).toMatchObject({ kernel: { flags: [] }, mountPoint: null });
  });

  it.each(['', 'name=x\ndevice=/dev/dm-1', `name=${MAPPING}\ndevice=/dev/sda`])(
    'refuses %j',
    (text) => {
      expect(() => parseMapping(text)).toThrow(expect.objectContaining({ code: 'kernel-refused' }));
    },
  );
});

describe('parseProbe() and parseLeftovers()', () => {
  it('read their lines', () => {
    const probe =
      'protocol=1\nkernel=6.1.0\ncryptsetup=2.6.1\ndm-crypt=1.24.0\nflags=high_priority\n';
    expect(parseProbe(probe)).toEqual({
      kernel: '6.1.0',
      cryptsetup: '2.6.1',
      dmCrypt: '1.24.0',
      flags: ['high_priority'],
    });
    expect(parseLeftovers(`leftover=${MAPPING} removed\nnoise\nleftover=x busy\n`)).toEqual([
      { mapping: MAPPING, state: 'removed' },
      { mapping: 'x', state: 'busy' },
    ]);
  });
});

describe('toHelperError()', () => {
  it.each([
    [4, 'error sector-differs the last sector', 'sector-differs'],
    [6, 'noise\nerror name-taken x', 'already-unlocked'],
    [7, 'error mountpoint-invalid', 'mountpoint-invalid'],
    [8, 'error not-privileged x', 'helper-denied'],
    [9, 'error newer-code x', 'kernel-refused'],
    [1, 'error constructor x', 'kernel-refused'],
    [126, '', 'helper-denied'],
    [127, 'Error executing command as another user: Not authorized', 'helper-denied'],
    [127, 'error tool-missing losetup', 'kernel-unsupported'],
    [null, '', 'kernel-refused'],
  ])('takes exit %j with %j as %s', (exitCode, stderr, code) => {
    expect(toHelperError(exitCode, stderr).code).toBe(code);
  });
});
