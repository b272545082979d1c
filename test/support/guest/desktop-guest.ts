import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MIB } from '../../../shared/units.ts';
import type { TemporaryFolder } from '../temporary-folder.ts';
import { bootGuest, type GuestRun, type GuestStep } from './boot-guest.ts';
import { makeDebianRoot } from './debian-root.ts';
import { HELPER_PATH } from './guest-prelude.ts';
import { GUEST_PASSPHRASE, makeGuestVault } from './guest-vaults.ts';
import { buildHelper, GUEST_MODULES } from './lockline-guest.ts';

const LINUX = fileURLToPath(new URL('../../../resources/linux/', import.meta.url));
const GUEST_LIMIT_MS = 900_000;
const MEMORY_MIB = 1400;
/** With room for what `dmcrypt advise --measure` writes. */
const VAULT_MIB = 96;
/** Node takes its time to start in an emulated machine. */
const STEP_LIMIT_S = 500;

const PACKAGES = [
  ...['udev', 'dbus-daemon', 'dbus-bin', 'dbus-system-bus-common', 'polkitd', 'pkexec'],
  ...['udisks2', 'libblockdev-crypto2', 'libblockdev-fs2', 'libblockdev-loop2'],
  ...['libblockdev-part2', 'libblockdev-swap2', 'libblockdev-utils2', 'libpam-modules'],
  ...['cryptsetup-bin', 'dmsetup', 'fuse3', 'dosfstools', 'e2fsprogs', 'util-linux', 'mount'],
];

/** What a desktop's active session may do, as a rule; each decision is written to polkit's log. */
const POLKIT_RULES = `polkit.addRule(function(action, subject) {
  polkit.log("asked " + action.id + " by " + subject.user);
  if (subject.user !== "alice") return polkit.Result.NO;
  var ids = ["org.lockline.dmcrypt", "org.freedesktop.udisks2"];
  for (var i in ids)
    if (action.id === ids[i] || action.id.indexOf(ids[i] + ".") === 0) return polkit.Result.YES;
  return polkit.Result.NO;
});
`;
const PAM = ['auth', 'account', 'session']
  .map((kind) => `${kind} required pam_permit.so\n`)
  .join('');

const PRELUDE = `
in_debian() { chroot /debian /bin/busybox env -i PATH=/usr/sbin:/usr/bin HOME=/root /bin/sh -c "$1"; }
as() { chroot /debian /bin/busybox su $1 -s /bin/sh -c "export XDG_RUNTIME_DIR=/run/user/$2 HOME=/home/$1 PATH=/usr/sbin:/usr/bin; cd; $3"; }
alice() { as alice 1000 "$1"; }
lockline_of() { as $1 $2 "node /lockline/main/cli/lockline.ts $3 2>/tmp/said-$1" || { tail -n 30 /debian/tmp/said-$1; return 1; }; }
lockline() { lockline_of alice 1000 "$1"; }
left() { echo left:; grep -E ' (vfat|fuse[^ ]*) ' /proc/mounts; dmsetup ls; losetup -a; echo left.; }
fail() { echo "FAILED: $*"; exit 1; }
`;

const START: GuestStep = {
  name: 'start',
  script: `
mkdir /debian; mount -t ext4 /dev/vda /debian || fail root
for folder in dev proc sys run; do mount --bind /$folder /debian/$folder; done
mount -t tmpfs tmp /debian/tmp; chmod 1777 /debian/tmp; mkdir -p /dev/pts
chroot /debian /bin/busybox --install -s /usr/bin
cd /debian; chown 0:0 . usr usr/bin usr/bin/pkexec usr/libexec usr/libexec/lockline ${HELPER_PATH.slice(1)} usr/share/polkit-1/actions/*
chmod 4755 usr/bin/pkexec; chown -R 990:990 var/lib/polkit-1 etc/polkit-1/rules.d usr/share/polkit-1/rules.d
ln -s /run var/run; mkdir -p /run/dbus /run/user/1000 home/alice; chown -R 1000:1000 /run/user/1000 home/alice; chmod 700 /run/user/1000
in_debian '/usr/lib/systemd/systemd-udevd --daemon' || fail udevd
in_debian 'export SYSTEMD_IGNORE_CHROOT=1; udevadm trigger; udevadm settle'
in_debian 'dbus-daemon --system --fork --nopidfile' || fail dbus
in_debian '/usr/lib/polkit-1/polkitd >/tmp/polkitd.log 2>&1 &'
in_debian '/usr/libexec/udisks2/udisksd >/tmp/udisksd.log 2>&1 &'
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  in_debian 'dbus-send --system --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.ListNames' >/tmp/names
  grep -q PolicyKit1 /tmp/names && grep -q UDisks2 /tmp/names && break; sleep 1
done
grep -E 'PolicyKit1|UDisks2' /tmp/names || { cat /debian/tmp/*.log; fail daemons; }
printf '${GUEST_PASSPHRASE}' >/debian/home/alice/key; chown 1000 /debian/home/alice/key
`,
};

/** Lockline as a user: the helper by the real pkexec, which asks the real polkit by our policy. */
const HELPER: GuestStep = {
  name: 'helper',
  script: `
alice 'mkdir mnt'
lockline 'mount vault.luks mnt --backend auto --flags no_read_workqueue --passphrase-file key --json' || { cat /debian/tmp/polkitd.log; fail mount; }
grep ' vfat ' /proc/mounts; dmsetup table | grep -v dm-
folder=$(grep ' vfat ' /proc/mounts | cut -d' ' -f2); folder=\${folder#/debian}
alice "echo by alice >$folder/file && cat $folder/file" || fail write
alice "while [ ! -e /tmp/over ]; do dd if=/dev/zero of=$folder/load bs=64k count=32 conv=fsync 2>/dev/null && echo pass >>/tmp/passes; usleep 200000; done; rm $folder/load" & load=$!
lockline 'tune vault.luks --flags no_read_workqueue,no_write_workqueue --json' || fail tune
: >/debian/tmp/over; wait $load; sort -u /debian/tmp/passes; dmsetup table
echo @@measured; lockline 'dmcrypt advise vault.luks --measure --seconds 0.2 --json' || fail measure
echo @@table; dmsetup table; ls -A /debian$folder | grep measure; echo @@measured
lockline 'unmount vault.luks' || fail unmount
left
grep -o 'asked org.lockline.*' /debian/tmp/polkitd.log | sort | uniq -c
`,
};

/** The vault process dies; what the kernel then still holds is found and removed by its owner. */
const CRASHED: GuestStep = {
  name: 'crashed',
  script: `
lockline 'mount vault.luks --backend dmcrypt --passphrase-file key --json' >/dev/null || fail mount
kill -9 $(in_debian '${HELPER_PATH} status' | sed -n 's/^owner-pid=//p'); grep -c ' vfat ' /proc/mounts
lockline 'dmcrypt clean --json' || fail clean
left
`,
};

/** Whom polkit lets do nothing is served by FUSE. */
const FUSE: GuestStep = {
  name: 'fuse',
  script: `
ln -s /proc/self/mounts /debian/etc/mtab; mkdir -p /run/user/1001 /debian/home/bob; cd /debian/home; cp alice/vault.luks alice/key bob/
chown -R 1001:1001 bob /run/user/1001; chmod 700 /run/user/1001; chmod 4755 /debian/usr/bin/fusermount3; chmod 666 /dev/fuse
lockline_of bob 1001 'mount vault.luks --backend auto --passphrase-file key --json' || fail mount
as bob 1001 'cat /run/user/1001/lockline/mounts/*/file'
lockline_of bob 1001 'unmount vault.luks' || fail unmount
left
`,
};

const UDISKS: GuestStep = {
  name: 'udisks',
  script: `
lockline 'dmcrypt flags vault.luks --set no_write_workqueue,high_priority' || fail flags
lockline 'mount vault.luks --backend auto --passphrase-file key --json' || { cat /debian/tmp/*.log; fail mount; }
grep ' vfat ' /proc/mounts; dmsetup table
folder=$(grep ' vfat ' /proc/mounts | cut -d' ' -f2); folder=\${folder#/debian}
alice "cat $folder/file; echo again >$folder/again" || fail write
lockline 'unmount vault.luks' || fail unmount
left
`,
};

const REFUSED: GuestStep = {
  name: 'refused',
  script: `
chroot /debian /bin/busybox su bob -s /bin/sh -c '/usr/bin/pkexec --disable-internal-agent ${HELPER_PATH} status'; echo "status $?"
alice '/usr/bin/pkexec --disable-internal-agent ${HELPER_PATH} status'; echo "status $?"
alice '/usr/bin/pkexec --disable-internal-agent /bin/sh -c id'; echo "status $?"
alice '${HELPER_PATH} status'; echo "status $?"
`,
};

/** Boots a guest with a system bus, polkit, udisks2 and Lockline, and uses it as alice. */
export async function runDesktop(folder: TemporaryFolder): Promise<GuestRun> {
  const vault = await makeGuestVault(folder.file('vault.luks'), { sizeBytes: VAULT_MIB * MIB });
  const disk = makeDebianRoot(folder, {
    packages: PACKAGES,
    files: {
      'etc/passwd':
        'root:x:0:0:root:/root:/bin/sh\nmessagebus:x:991:991::/:/bin/false\n' +
        'polkitd:x:990:990::/:/bin/false\nalice:x:1000:1000::/home/alice:/bin/sh\n' +
        'bob:x:1001:1001::/:/bin/sh\n',
      'etc/group': 'root:x:0:\nmessagebus:x:991:\npolkitd:x:990:\nalice:x:1000:\nbob:x:1001:\n',
      'etc/nsswitch.conf': 'passwd: files\ngroup: files\n',
      'etc/shells': '/bin/sh\n',
      'etc/pam.d/polkit-1': PAM,
      'usr/lib/pam.d/polkit-1': PAM,
      'etc/polkit-1/rules.d/10-session.rules': POLKIT_RULES,
    },
    copies: {
      '/usr/bin/busybox': '/bin/busybox',
      '/usr/bin/sh': '/bin/busybox',
      [HELPER_PATH]: buildHelper(),
      '/usr/share/polkit-1/actions/org.lockline.dmcrypt.policy': join(
        LINUX,
        'org.lockline.dmcrypt.policy',
      ),
      '/home/alice/vault.luks': vault.path,
    },
  });
  return await bootGuest(folder, {
    modules: [...GUEST_MODULES, 'fuse'],
    programs: ['dmsetup'],
    files: [],
    prelude: PRELUDE,
    steps: [START, HELPER, CRASHED, UDISKS, FUSE, REFUSED],
    disks: [disk],
    memoryMib: MEMORY_MIB,
    stepLimitS: STEP_LIMIT_S,
    timeoutMs: GUEST_LIMIT_MS,
  });
}
