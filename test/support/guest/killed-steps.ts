import type { GuestStep } from './boot-guest.ts';

/** What `open` has the tools do until it has a mapping to try. */
const OPEN_TOOLS = ['open', 'table', 'target-version', 'table', 'reload', 'resume'] as const;
const RECORD = 'uid=1000 owner=0 start=0 phase=opening dynamic=0 cipher=-';

/**
 * Puts a script in the place of each tool. Where `/tmp/stop` says "N before" or "N behind", the Nth
 * call stops there, as a process that dies with the helper; otherwise all goes as ever.
 */
const WRAP = `
cat >/tmp/wrapper <<'END'
#!/bin/sh
real=/usr/sbin/real-\${0##*/}
[ -e /tmp/stop ] || exec $real "$@"
read at where </tmp/stop; echo "$1" >>/tmp/calls
[ $(wc -l </tmp/calls) = $at ] || exec $real "$@"
[ $where = before ] || $real "$@"
: >/tmp/stopped; exec sleep 1000
END
chmod 755 /tmp/wrapper
for tool in cryptsetup dmsetup; do mv /usr/sbin/$tool /usr/sbin/real-$tool; cp /tmp/wrapper /usr/sbin/$tool; done
unwrap() { for tool in cryptsetup dmsetup; do mv /usr/sbin/real-$tool /usr/sbin/$tool; done; }
stop_at() { rm -f /tmp/stopped /tmp/calls; echo "$1" >/tmp/stop; }
kill_helper() { kill -9 $(pidof lockline-dmcrypt) 2>/dev/null; wait $1; rm -f /tmp/stop; }
open_slowly() { as 1000 open $V_a $N_a --key-bytes 64 --mount-point /home/alice/mnt --flags no_read_workqueue <$K_a >/dev/null 2>&1; }
`;

/** Killed before and behind every tool: what is left is removed by one run of `clean`. */
const KILLED_AT_TOOLS: GuestStep = {
  name: 'killed-at-tools',
  script: `${WRAP}
before=$(state)
for point in ${OPEN_TOOLS.map((_, index) => `'${index + 1} behind'`).join(' ')} '1 before'; do
  stop_at "$point"; open_slowly & helper=$!; await test -e /tmp/stopped; kill_helper $helper
  phase=$(as 1000 status | field phase); left=$(as 1000 clean); as 1000 clean --list
  echo "@@killed-at $(tail -n 1 /tmp/calls) $phase $(compared) $left"
done
for point in '1 before' '1 behind'; do
  open_slowly; stop_at "$point"; as 1000 close $N_a & helper=$!; await test -e /tmp/stopped; kill_helper $helper
  phase=$(as 1000 status | field phase); left=$(as 1000 clean)
  echo "@@killed-at $(tail -n 1 /tmp/calls) $phase $(compared) $left"
done
open_slowly; stop_at '4 before'
as 1000 refresh $N_a --flags none & helper=$!; await test -e /tmp/stopped; kill_helper $helper
echo "refresh $(as 1000 status $N_a | field phase) $(as 1000 clean --list | wc -l) $(cat /home/alice/mnt/folder/*)"
as 1000 close $N_a; echo "closed $(compared)"
unwrap
`,
};

/** Killed at points in time all over its work; afterwards `clean` leaves nothing, and the vault opens. */
const KILLED: GuestStep = {
  name: 'killed',
  script: `
open_and_mount() { as 1000 open $V_a $N_a --key-bytes 64 --mount-point /home/alice/mnt <$K_a >/dev/null 2>&1; }
before=$(state)
started=$(now); open_and_mount; took=$(( $(now) - started )); as 1000 close $N_a
for part in 1 2 3 4 5 6 7 8; do
  open_and_mount & helper=$!
  usleep $((took * part * 1300)); kill -9 $(pidof lockline-dmcrypt) 2>/dev/null; wait $helper
  phase=$(as 1000 status | field phase); left=$(as 1000 clean); as 1000 clean --list
  [ "$phase" = open ] && as 1000 close $N_a
  echo "@@killed $part \${phase:-nothing} $(compared) $left"
done
as 1000 open $V_a $N_a --key-bytes 64 <$K_a | field phase; as 1000 close $N_a
sleep 1000 & owner=$!; as 0 open $V_a $N_a --key-bytes 64 --owner $owner <$K_a | field owner-pid | wc -l
as 0 clean --list; kill $owner; wait $owner; as 0 clean --list; as 0 clean; [ $(compared) = same ] && echo clean
`,
};

/**
 * A mapping without a table, which /sys does not show; and a tool that is not dead yet when its
 * helper is, and makes such a mapping while `clean` runs.
 */
const TABLELESS: GuestStep = {
  name: 'tableless',
  script: `
before=$(state)
echo '${RECORD}' >/run/lockline-dmcrypt/$N_a; dmsetup create --notable $N_a || fail create
[ -e /sys/block/dm-0 ] && echo shown
as 1000 open $V_a $N_a --key-bytes 64 <$K_a; as 1001 clean; as 1000 clean --list; as 1000 clean; compared
mv /usr/sbin/cryptsetup /usr/sbin/real-cryptsetup
cat >/usr/sbin/cryptsetup <<END
#!/bin/sh
( : >/tmp/late; sleep 2; exec dmsetup create --notable $N_a ) & wait
END
chmod 755 /usr/sbin/cryptsetup
as 1000 open $V_a $N_a --key-bytes 64 <$K_a >/dev/null & helper=$!
await test -e /tmp/late; kill -9 $(pidof lockline-dmcrypt); wait $helper
as 1000 clean; compared
mv /usr/sbin/real-cryptsetup /usr/sbin/cryptsetup
`,
};

/** The tool's verb and the phase of the record, for each kill at a tool. */
export const TOOL_KILLS: readonly string[] = [
  ...OPEN_TOOLS.map((verb) => `${verb} opening`),
  'open opening',
  'remove closing',
  'remove closing',
];
export const KILLED_STEPS: readonly GuestStep[] = [KILLED_AT_TOOLS, KILLED, TABLELESS];
