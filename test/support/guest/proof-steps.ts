import type { GuestStep } from './boot-guest.ts';
import { GUEST_PASSPHRASE } from './guest-vaults.ts';
import { KILLED_STEPS } from './killed-steps.ts';

const FLAGS = [
  'allow_discards',
  'same_cpu_crypt',
  'submit_from_crypt_cpus',
  'no_read_workqueue',
  'no_write_workqueue',
  'no_read_workqueue,no_write_workqueue',
  'allow_discards,same_cpu_crypt,submit_from_crypt_cpus,no_read_workqueue,no_write_workqueue',
];

/** The surroundings: users' folders and files, and vaults that stay open for the hostile calls. */
const PREPARE: GuestStep = {
  name: 'prepare',
  script: `
mount -t ext4 /dev/vdb /home || fail home
mkdir -p /root /usr/local /home/bob/mnt /run/user/1000/mnt /run/user/1001/mnt /run/media/bob/mnt
mkdir -p /run/media/alice/mnt /run/of-alice /tmp/of-alice /dev/shm/of-alice
chown -R 1000:1000 /home/alice /run/user/1000 /run/of-alice /tmp/of-alice /dev/shm/of-alice
chown 1000 /run/media/alice/mnt; chown -R 1001:1001 /home/bob /run/user/1001 /run/media/bob
cd /home/alice; mkdir mnt mnt2 taken full of-bob; : >full/file; chown 1000 mnt mnt2 taken full; chown 1001 of-bob
ln -s /home/bob/b.luks link; ln -s /home/bob folder-link; ln -s /usr usr-link; mkfifo pipe
head -c 1048576 /dev/zero >zeros; head -c 1048576 a.luks >cut; cp cut detached.luks
{ head -c 4096 a.luks; head -c 20000000 /dev/urandom; } >nonsense
head -c 20000000 /dev/urandom >looped.luks; cp zeros readonly.luks; cp zeros /home/root.luks
chown 1000:1000 *.luks h.* nonsense zeros cut pipe; chown 0:0 readonly.luks; chmod 444 readonly.luks
chmod 600 /home/bob/b.luks /home/root.luks; chmod 755 /home/bob /home/alice; chmod 600 /keys/*
`,
};

/** `open` with each set of flags: what the kernel's table says, and what the helper makes of it. */
const OPEN_FLAGS: GuestStep = {
  name: 'open-flags',
  script: FLAGS.map(
    (flags) => `
echo "@@flags ${flags}"
as 1000 open $V_a $N_a --key-bytes 64 --flags ${flags} <$K_a | field flags || fail open
dmsetup table $N_a
as 1000 close $N_a || fail close`,
  ).join(''),
};

const OPEN_STATUS: GuestStep = {
  name: 'open-status',
  script: `
su alice -s /bin/sh -c 'exec sleep 1000' & sleeper=$!; await grep -q '^Uid:.1000' /proc/$sleeper/status
as 1000 open $V_a $N_a --key-bytes 64 --owner $sleeper --flags high_priority,no_read_workqueue <$K_a
grep -c OFDLCK /proc/locks
dmsetup table --showkeys $N_a
grep -c 'keyring *lockline:'$N_a /proc/keys || true
as 1000 status | field name; as 1001 status; asroot status $N_a | field uid
kill $sleeper; as 1000 close $N_a || fail close
gone $N_a && echo gone
`,
};

/** Every byte: the kernel's plaintext against our engine's hash, as file and as disk. */
const COMPARE: GuestStep = {
  name: 'compare',
  script: `
as 1000 open $V_a $N_a --key-bytes 64 --read-only <$K_a >/dev/null || fail open
sha256sum </dev/mapper/$N_a; as 1000 status $N_a | field read-only; as 1000 close $N_a || fail close
chown 1000 /dev/vda
as 1000 open /dev/vda $N_d --key-bytes 32 <$K_d | grep -E 'sector-bytes|size-bytes' || fail disk
sha256sum </dev/mapper/$N_d; as 1000 close $N_d || fail close; chown 0 /dev/vda
`,
};

/** FAT32 by the kernel's driver, over file and disk, opened and mounted in one call. */
const MOUNT_FAT: GuestStep = {
  name: 'mount-fat',
  script: `
as 1000 open $V_a $N_a --key-bytes 64 --mount-point /home/alice/mnt <$K_a | grep -E '^(filesystem|mount-point)=' || fail open
grep /home/alice/mnt /proc/mounts
alice_do 'cd mnt && find . | sort && cat "folder/Grüße.txt" && sha256sum big' || fail read
alice_do 'cp mnt/big mnt/copy && echo from-the-kernel >"mnt/from kernel.txt" && sync' || fail write
su bob -s /bin/sh -c 'ls /home/alice/mnt' && fail 'bob sees it'
alice_do 'exec sleep 1000 <mnt/big' & await pidof sleep >/dev/null
no_sleep() { ! pidof sleep >/dev/null; }
as 1000 unmount $N_a; as 1000 close $N_a; as 1000 status $N_a | field mount-point
kill $!; killall sleep; await no_sleep
as 1000 close $N_a || fail close; gone $N_a || fail left
chown 1000 /dev/vda
as 1000 open /dev/vda $N_d --key-bytes 32 --mount-point /run/user/1000/mnt <$K_d >/dev/null || fail disk
alice_do 'cat /run/user/1000/mnt/disk.txt; echo written >/run/user/1000/mnt/written' || fail disk-write
as 1000 unmount $N_d || fail unmount; fsck.fat -n /dev/mapper/$N_d | tail -n 1
as 1000 mount $N_d /run/media/alice/mnt --read-only | field mount-point
grep /run/media/alice/mnt /proc/mounts
as 1000 close $N_d || fail close; chown 0 /dev/vda
`,
};

/** An ext4 that the guest makes in a volume without a filesystem. */
const MOUNT_EXT4: GuestStep = {
  name: 'mount-ext4',
  script: `
as 1000 open $V_e $N_e --key-bytes 64 <$K_e >/dev/null || fail open
/usr/sbin/mke2fs -q -t ext4 -E root_owner=1000:1000 /dev/mapper/$N_e || fail mke2fs
as 1000 mount $N_e /home/alice/mnt | field filesystem
grep /home/alice/mnt /proc/mounts
alice_do 'echo on-ext4 >mnt/file && ln -s file mnt/link' || fail write
{ head -c 64 $K_e; tail -c 512 /dev/mapper/$N_e; } >/tmp/key_e
as 1000 close $N_e || fail close
as 1000 open $V_e $N_e --key-bytes 64 --read-only --mount-point /home/alice/mnt </tmp/key_e | field read-only
alice_do 'cat mnt/link; : >mnt/no' ; as 1000 close $N_e || fail close
`,
};

/** Flags changed ten times while files are written and read, by both directions. */
const REFRESH: GuestStep = {
  name: 'refresh',
  script: `
as 1000 open $V_a $N_a --key-bytes 64 --mount-point /home/alice/mnt <$K_a >/dev/null || fail open
cd /home/alice/mnt
( while [ ! -e /tmp/stop ]; do
  dd if=big of=load bs=64k conv=fsync 2>/dev/null; cmp big load || echo DIFFERENT; echo 3 >/proc/sys/vm/drop_caches; echo pass
done ) >/tmp/load & load=$!
for flags in no_read_workqueue,no_write_workqueue same_cpu_crypt none no_write_workqueue,high_priority; do
  as 1000 refresh $N_a --flags $flags | grep flags= | tr '\\n' ' ' || fail refresh
  dmsetup table $N_a | cut -d' ' -f9-
done
as 1000 refresh $N_a --capi 'xts(ecb(aes-generic))' | field cipher
cat /sys/block/dm-*/dm/suspended
as 1000 refresh $N_a --capi default --flags none | field cipher
await test -s /tmp/load; : >/tmp/stop; wait $load; rm /tmp/stop; sort /tmp/load | uniq -c | sed 's/^ *//; s/^[0-9]* pass/passes/'
cmp big load && echo SAME; rm load; cd /; as 1000 close $N_a || fail close
`,
};

/** Flags in the header, honoured by the system's own cryptsetup, and by `open` without --flags. */
const PERSISTENT: GuestStep = {
  name: 'persistent',
  script: `
printf '${GUEST_PASSPHRASE}' | cryptsetup open --key-file - $V_p plain || fail open
dmsetup table plain; cryptsetup close plain
as 1000 open $V_p $N_p --key-bytes 64 <$K_p | field flags
as 1000 refresh $N_p --flags none | field flags; as 1000 close $N_p
cryptsetup luksDump $V_p | grep Flags
`,
};

/** Containers that cryptsetup made, and the ext4 that Lockline makes. */
const OTHERS: GuestStep = {
  name: 'others',
  script: `
look() { grep -E 'key-location|sector-bytes|offset-bytes' && sha256sum </dev/mapper/$1 && as 1000 refresh $1 --flags same_cpu_crypt | grep ^flags; as 1000 close $1 || fail close; }
echo @@luks1; as 1000 open $V_l $N_l --key-bytes 64 <$K_l | look $N_l || fail luks1
echo @@detached; as 1000 open $V_h $N_h --header /home/alice/h.header --key-bytes 64 <$K_h | look $N_h || fail header
echo @@ext4; as 1000 open $V_x $N_x --key-bytes 64 --mount-point /home/alice/mnt <$K_x | grep filesystem || fail ext4
chown 1000 /home/alice/mnt; alice_do 'echo written by alice >mnt/file; cat mnt/file'; as 1000 close $N_x || fail close
`,
};

const RESIZE: GuestStep = {
  name: 'resize',
  script: `
as 1000 open $V_b $N_b --key-bytes 64 <$K_b | field size-bytes
size=$(stat -c %s $V_b); truncate -s $((size + 8388608)) $V_b; as 1000 resize $N_b | field size-bytes
as 1000 refresh $N_b --flags same_cpu_crypt | field size-bytes
truncate -s $((size + 4194304)) $V_b; as 1000 resize $N_b; as 1000 status $N_b | field size-bytes
truncate -s $((size + 8388608)) $V_b; as 1000 close $N_b || fail close
printf '${GUEST_PASSPHRASE}' | cryptsetup open --key-file - $V_b plain && blockdev --getsize64 /dev/mapper/plain
cryptsetup close plain
`,
};

/** A failure at each later step undoes the earlier ones. */
const UNDO: GuestStep = {
  name: 'undo',
  script: `
before=$(state)
try() { echo "@@undo $1 $2 $(compared)"; }
as 1000 open $V_b $N_b --key-bytes 64 --flags none --capi nobody <$K_b 2>/tmp/e; try flags "$(tail -n1 /tmp/e)"
dd if=/dev/zero of=/tmp/zeros bs=4160 count=1 2>/dev/null
as 1000 open $V_b $N_b --key-bytes 64 --mount-point /home/alice/mnt </tmp/zeros 2>/tmp/e; try key "$(tail -n1 /tmp/e)"
as 1000 open $V_c $N_c --key-bytes 64 --mount-point /home/alice/mnt <$K_c 2>/tmp/e; try mount "$(tail -n1 /tmp/e)"
{ as 1000 open $V_a $N_a --key-bytes 64 --mount-point /home/alice/mnt <$K_a 2>/tmp/e; } | true; try answer "$(tail -n1 /tmp/e)"
`,
};

/** Mappings that the hostile calls are tried against. */
const STAGE: GuestStep = {
  name: 'stage',
  script: `
as 1000 open $V_c $N_b --key-bytes 64 <$K_c >/dev/null || fail b
ln $V_c /home/alice/b2.luks
as 1000 open $V_f $N_f --key-bytes 64 <$K_f >/dev/null || fail f
as 1000 open $V_m $N_m --key-bytes 64 --mount-point /home/alice/taken <$K_m >/dev/null || fail m
as 1001 open $V_bob $N_bob --key-bytes 64 <$K_bob >/dev/null || fail bob
losetup /dev/loop7 /home/alice/looped.luks
echo "0 8 zero" | dmsetup create lockline-11111111111111111111111111111111 || modprobe dm-zero
dmsetup ls
`,
};

/** A link is swapped in and out while the helper is called: it never follows. */
const RACES: GuestStep = {
  name: 'races',
  script: `
cd /home/alice; mkdir race real; chown 1000 race real; before=$(cat /proc/mounts)
( while [ ! -e /tmp/over ]; do rm -rf race; ln -s /usr race; rm race; mkdir race; chown 1000 race; done ) & swap=$!
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
  as 1000 mount $N_f /home/alice/race >/dev/null 2>&1 && { echo mounted; as 1000 unmount $N_f; }
  as 1000 mount $N_f /home/alice/race/local >/dev/null 2>&1 && echo BELOW-USR
done
: >/tmp/over; wait $swap; rm -rf race; [ "$before" = "$(cat /proc/mounts)" ] && echo same
( while [ -e /tmp/over ]; do ln -sf /home/bob/b.luks swap; ln -f a.luks swap; done ) & swap=$!
for i in 1 2 3 4 5 6 7 8 9 10; do
  as 1000 open /home/alice/swap lockline-$ID --key-bytes 64 <$K_bob >/dev/null 2>&1 && echo OPENED-BOBS
done
rm /tmp/over; wait $swap; rm swap; ls /run/lockline-dmcrypt | grep -c $ID || true
`,
};

const UNSTAGE: GuestStep = {
  name: 'unstage',
  script: `
for name in $N_b $N_f $N_m; do as 1000 close $name || fail $name; done
as 1001 close $N_bob || fail bob
losetup -d /dev/loop7; dmsetup remove lockline-11111111111111111111111111111111
cd /; ls /run/lockline-dmcrypt; dmsetup ls; losetup -a; grep lockline: /proc/keys
umount /home || fail home; dmesg | grep -E 'BUG:|WARNING:|Oops|Call Trace' || true
`,
};

export const PROOF_STEPS: readonly GuestStep[] = [
  PREPARE,
  OPEN_FLAGS,
  OPEN_STATUS,
  COMPARE,
  MOUNT_FAT,
  MOUNT_EXT4,
  REFRESH,
  PERSISTENT,
  OTHERS,
  RESIZE,
  UNDO,
  ...KILLED_STEPS,
];
export const STAGE_STEP = STAGE;
export const LAST_STEPS: readonly GuestStep[] = [RACES, UNSTAGE];
