import type { HostileCase } from './hostile-arguments.ts';

function refused(code: string, cases: Readonly<Record<string, string>>): HostileCase[] {
  return Object.entries(cases).map(([id, call]) => ({ id, code, call }));
}

const opens = (path: string, more = '') =>
  `as 1000 open ${path} lockline-$ID --key-bytes 64 ${more} <$K_a`;

/** Standard input that holds no key, or not the right one. */
export const HOSTILE_INPUT: readonly HostileCase[] = [
  ...refused('key-missing', {
    'input-closed': 'as 1000 open $V_a $N_a --key-bytes 64 <&-',
    'input-empty': 'as 1000 open $V_a $N_a --key-bytes 64 </dev/null',
    'input-short': 'head -c 63 $K_a | as 1000 open $V_a $N_a --key-bytes 64',
    'input-without-sector': 'head -c 64 $K_a | as 1000 open $V_a $N_a --key-bytes 64',
    'input-part-of-a-sector': 'head -c 1000 $K_a | as 1000 open $V_a $N_a --key-bytes 64',
    'input-endless': 'as 1000 open $V_a $N_a --key-bytes 64 </dev/zero',
    'input-is-a-folder': 'as 1000 open $V_a $N_a --key-bytes 64 </home',
  }),
  ...refused('key-wrong', {
    'key-of-another-vault': 'as 1000 open $V_a $N_a --key-bytes 64 <$K_b',
    'key-of-zeros': 'head -c 4160 /dev/zero | as 1000 open $V_a $N_a --key-bytes 64',
  }),
  ...refused('sector-differs', {
    'sector-differs':
      '{ head -c 64 $K_a; head -c 4096 /dev/zero; } | as 1000 open $V_a $N_a --key-bytes 64',
    'sector-of-another-size': 'head -c 576 $K_a | as 1000 open $V_a $N_a --key-bytes 64',
  }),
];

/** Containers that are not the caller's to open, or nothing to open. */
export const HOSTILE_CONTAINERS: readonly HostileCase[] = [
  ...refused('permission-denied', {
    'file-of-bob': opens('/home/bob/b.luks'),
    'file-of-root': opens('/home/root.luks'),
    'file-without-write-permission': opens('/home/alice/readonly.luks'),
    'device-of-root': opens('/dev/vda'),
    'memory-of-the-kernel': opens('/dev/mem'),
    'header-of-bob': opens('/home/alice/detached.luks', '--header /home/bob/b.luks'),
  }),
  ...refused('path-refused', {
    'link-to-bobs-file': opens('/home/alice/link'),
    'link-in-the-path': opens('/home/alice/folder-link/b.luks'),
    'descriptor-of-the-helper': opens('/proc/self/fd/0'),
    'root-of-the-helper': opens('/proc/self/root/home/root.luks'),
    'header-by-link': opens('/home/alice/detached.luks', '--header /home/alice/link'),
  }),
  ...refused('not-a-file', {
    'a-pipe': opens('/home/alice/pipe'),
    'a-device-that-is-no-disk': opens('/dev/null'),
    'a-folder': opens('/home/alice/mnt'),
  }),
  ...refused('file-missing', { 'no-file': opens('/home/alice/nothing') }),
  ...refused('container-refused', {
    'not-luks': opens('/home/alice/zeros'),
    'cut-off': opens('/home/alice/cut'),
    'header-of-nonsense': opens('/home/alice/nonsense'),
  }),
  ...refused('device-busy', {
    'locked-by-another': opens('/home/alice/b2.luks'),
    'on-another-loop-device': opens('/home/alice/looped.luks'),
  }),
];

/** Mappings that are not the caller's, or not there. */
export const HOSTILE_MAPPINGS: readonly HostileCase[] = [
  ...refused('mapping-unknown', {
    'close-of-bobs': 'as 1000 close $N_bob',
    'unmount-of-bobs': 'as 1000 unmount $N_bob',
    'mount-of-bobs': 'as 1000 mount $N_bob /home/alice/mnt',
    'refresh-of-bobs': 'as 1000 refresh $N_bob --flags no_read_workqueue',
    'resize-of-bobs': 'as 1000 resize $N_bob',
    'status-of-bobs': 'as 1000 status $N_bob',
    'close-of-the-systems': 'as 1000 close lockline-11111111111111111111111111111111',
    'status-of-the-systems': 'as 1000 status lockline-11111111111111111111111111111111',
    'close-of-nothing': 'as 1000 close lockline-$ID',
    'refresh-of-nothing': 'as 1000 refresh lockline-$ID --flags none',
  }),
  ...refused('name-taken', {
    'name-of-bobs-mapping': 'as 1000 open $V_a $N_bob --key-bytes 64 <$K_a',
    'name-of-own-mapping': 'as 1000 open $V_a $N_b --key-bytes 64 <$K_a',
    'name-of-the-systems':
      'as 1000 open $V_a lockline-11111111111111111111111111111111 --key-bytes 64 <$K_a',
  }),
  ...refused('flags-refused', {
    'implementation-of-another-cipher': 'as 1000 refresh $N_b --capi cipher_null',
    'implementation-of-nothing': 'as 1000 refresh $N_b --capi xts-of-nobody',
    'implementation-not-xts': "as 1000 refresh $N_b --capi 'ecb(aes)'",
  }),
  ...refused('filesystem-unsupported', { 'no-filesystem': 'as 1000 mount $N_b /home/alice/mnt' }),
];

/** Folders that must not be mounted on. `$N_m` is mounted already, `$N_f` is not. */
export const HOSTILE_MOUNT_POINTS: readonly HostileCase[] = [
  ...refused('mountpoint-invalid', {
    'over-usr': 'as 1000 mount $N_f /usr',
    'below-usr': 'as 1000 mount $N_f /usr/local',
    'over-etc': 'as 1000 mount $N_f /etc',
    'over-bin': 'as 1000 mount $N_f /bin',
    'over-tmp': 'as 1000 mount $N_f /tmp',
    'over-home': 'as 1000 mount $N_f /home',
    'over-own-home': 'as 1000 mount $N_f /home/alice',
    'in-bobs-home': 'as 1000 mount $N_f /home/bob/mnt',
    'bobs-folder-in-own-folder': 'as 1000 mount $N_f /home/alice/of-bob',
    'in-shared-tmp': 'as 1000 mount $N_f /tmp/of-alice',
    'in-shared-memory': 'as 1000 mount $N_f /dev/shm/of-alice',
    'in-bobs-media': 'as 1000 mount $N_f /run/media/bob/mnt',
    'in-bobs-runtime': 'as 1000 mount $N_f /run/user/1001/mnt',
    'over-own-runtime': 'as 1000 mount $N_f /run/user/1000',
    'in-run': 'as 1000 mount $N_f /run/of-alice',
    'in-proc': 'as 1000 mount $N_f /proc/self/cwd',
    'a-file': 'as 1000 mount $N_f /home/alice/zeros',
    'not-there': 'as 1000 mount $N_f /home/alice/nothing',
    'a-mount-point': 'as 1000 mount $N_f /home/alice/taken',
    'at-open-below-usr': 'as 1000 open $V_a $N_a --key-bytes 64 --mount-point /usr/local <$K_a',
  }),
  ...refused('path-refused', {
    'a-link-to-usr': 'as 1000 mount $N_f /home/alice/usr-link',
    'below-a-link': 'as 1000 mount $N_f /home/alice/usr-link/local',
  }),
  ...refused('mountpoint-not-empty', { 'a-full-folder': 'as 1000 mount $N_f /home/alice/full' }),
  ...refused('already-mounted', { 'mounted-already': 'as 1000 mount $N_m /home/alice/mnt' }),
  ...refused('not-mounted', { 'unmount-what-is-not': 'as 1000 unmount $N_f' }),
];
