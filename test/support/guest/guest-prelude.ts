import type { ArchiveEntry } from './cpio-archive.ts';
import { fileEntry } from './cpio-archive.ts';
import { ALICE, BOB } from './guest-vaults.ts';

export const HELPER_PATH = '/usr/libexec/lockline/lockline-dmcrypt';

/** Users and groups of the guest. */
export const ACCOUNT_FILES: readonly ArchiveEntry[] = [
  fileEntry(
    'etc/passwd',
    Buffer.from(
      'root:x:0:0:root:/root:/bin/sh\n' +
        `alice:x:${ALICE}:${ALICE}::/home/alice:/bin/sh\nbob:x:${BOB}:${BOB}::/home/bob:/bin/sh\n`,
    ),
  ),
  fileEntry(
    'etc/group',
    Buffer.from(`root:x:0:\nalice:x:${ALICE}:\nbob:x:${BOB}:\nshared:x:2000:alice\n`),
  ),
  fileEntry('etc/nsswitch.conf', Buffer.from('passwd: files\ngroup: files\n')),
  fileEntry('etc/shells', Buffer.from('/bin/sh\n')),
];

/**
 * Functions of every step: `as UID VERB...` calls the helper as `pkexec` would for that user;
 * `state` prints all that a helper could have changed; `gone NAME` waits until nothing there names it
 * (the kernel collects keyrings in its own time) and prints what does; `compared` says whether all is
 * as `$before`, which it waits for; `await` waits for a command to succeed, half a minute or more.
 * `field KEY` picks from an answer.
 */
export const GUEST_PRELUDE = `
as() { uid=$1; shift; PKEXEC_UID=$uid ${HELPER_PATH} "$@"; }
asroot() { ${HELPER_PATH} "$@"; }
field() { sed -n "s/^$1=//p"; }
gone() {
  attempt=0
  while state | grep "$1" >/tmp/named; do
    [ $((attempt += 1)) -gt 60 ] && { cat /tmp/named; return 1; }
    usleep 300000
  done
}
state() {
  cat /sys/block/dm-*/dm/name /sys/block/dm-*/dm/uuid /sys/block/dm-*/size \
    /sys/block/loop*/loop/backing_file /proc/mounts 2>/dev/null
  grep -o 'keyring *lockline.*' /proc/keys; dmsetup ls
  echo /run/lockline-dmcrypt/* /usr/* /etc/* /home/*/*
}
await() {
  attempt=0
  until "$@"; do [ $((attempt += 1)) -gt 300 ] && fail "$*"; usleep 100000; done
}
now() { tr -d . </proc/uptime | cut -d' ' -f1; }
compared() {
  attempt=0
  until [ "$before" = "$(state)" ]; do
    [ $((attempt += 1)) -gt 60 ] && { echo changed; return; }
    usleep 300000
  done
  echo same
}
fail() { echo "FAILED: $*"; exit 1; }
alice_do() { su alice -s /bin/sh -c "cd /home/alice; $1"; }
ID=00000000000000000000000000000000
`;
