import { describe, expect, it } from 'vitest';
import { isOurs, parseMountInfo, sourceOf } from '../../../main/mount/fuse/fuse-mounts.ts';

const uid = process.getuid?.() ?? 0;
const LINES = [
  '22 27 0:21 / /proc rw,nosuid shared:5 - proc proc rw',
  String.raw`42 27 0:39 / /run/user/0/my\040vault\011tab rw shared:9 master:2 - fuse.lockline lockline:a rw,user_id=${uid},group_id=0`,
  `43 27 0:40 / /mnt/other rw - fuse.lockline lockline:b rw,user_id=${uid + 1},group_id=0`,
  `44 27 0:41 / /mnt/ssh rw - fuse.sshfs host: rw,user_id=${uid},group_id=0`,
  `45 27 0:42 / /mnt/fake rw - fuse.lockline something rw,user_id=${uid},group_id=0`,
  'a torn line',
  '',
].join('\n');

describe('parseMountInfo()', () => {
  it('decodes octal escapes and skips optional fields', () => {
    expect(parseMountInfo(LINES)[1]).toEqual({
      mountPoint: '/run/user/0/my vault\ttab',
      type: 'fuse.lockline',
      source: 'lockline:a',
      userId: uid,
      connection: 39,
    });
    expect(parseMountInfo(LINES)).toHaveLength(5);
  });
});

describe('isOurs()', () => {
  it("is true for this user's Lockline mounts alone", () => {
    const ours = parseMountInfo(LINES).filter(isOurs);
    expect(ours.map((entry) => entry.source)).toEqual(['lockline:a']);
  });
});

describe('sourceOf()', () => {
  it.each([
    ['photos', 'lockline:photos'],
    ['a,allow_other', 'lockline:a_allow_other'],
    ['x\\,y z\n', 'lockline:x__y_z_'],
    ['Grüße', 'lockline:Grüße'],
    ['x'.repeat(200), `lockline:${'x'.repeat(64)}`],
  ])('makes one word of %j', (volumeName, source) => {
    expect(sourceOf(volumeName)).toBe(source);
  });
});
