/**
 * `npm run bench:kernel`: the table of "Speeding up Linux disk encryption" (Cloudflare, 2020) on a
 * real kernel's dm-crypt: 4 KiB direct sequential reads and writes, half and half, one at a time,
 * on a ramdisk; default, each flag, both; with userspace beside it.
 *
 * The kernel runs in an emulated machine, where everything is slow and not in proportion: the
 * figures are good for ratios between lines of one run and for nothing else.
 */
import { bootGuest, type GuestStep } from '../support/guest/boot-guest.ts';
import { hasGuestTools } from '../support/guest/guest-tools.ts';
import {
  makeProgramDisk,
  PROGRAM_LIBRARIES,
  PROGRAM_MOUNT,
  PROGRAM_PRELUDE,
} from '../support/guest/program-disk.ts';
import { requireTool } from '../support/require-tool.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { formatTable, medians, parseTerse } from './kernel-report.ts';

const ROUNDS = 3;
const ROUND_S = 3;
const GUEST_LIMIT_MS = 1_200_000;
const MEMORY_MIB = 1600;
const DISK_KIB = 128 * 1024;
const PLAIN = 'ramdisk, plain';
const DEFAULT = 'dm-crypt, default';

/**
 * Lines of the table: name, and options of `cryptsetup open`. `high_priority` is left out: Debian's
 * kernel here and its cryptsetup are older than it; and `allow_discards` has no part in this load.
 */
const KERNEL_LINES: readonly (readonly [string, string])[] = [
  [DEFAULT, ''],
  ['same_cpu_crypt', '--perf-same_cpu_crypt'],
  ['submit_from_crypt_cpus', '--perf-submit_from_crypt_cpus'],
  ['no_read_workqueue', '--perf-no_read_workqueue'],
  ['no_write_workqueue', '--perf-no_write_workqueue'],
  ['both (inline)', '--perf-no_read_workqueue --perf-no_write_workqueue'],
];
const MOUNT_LINES = ['inline', 'threaded'] as const;

const PRELUDE = `${PROGRAM_PRELUDE}
measure() { # name, file
  echo "@@figure $1;;$(fio --minimal --name=x --filename=$2 --rw=readwrite --bs=4k --direct=1 \\
    --ioengine=psync --size=96m --time_based --runtime=${ROUND_S} --output-format=terse | tail -n 1)"
}
`;

const PREPARE: GuestStep = {
  name: 'prepare',
  script: `
mkdir -p ${PROGRAM_MOUNT} /etc /root /volumes; mount -t ext4 /dev/vda ${PROGRAM_MOUNT} || exit 1
${PROGRAM_LIBRARIES}
echo root:x:0:0:root:/root:/bin/sh >/etc/passwd; echo root:x:0: >/etc/group
rmmod brd; insmod /modules/brd.ko rd_nr=1 rd_size=${DISK_KIB}
grep -m1 -E '^driver *: xts-aes' /proc/crypto; uname -r; nproc
`,
};

function kernelRound(round: number): GuestStep {
  const lines = KERNEL_LINES.map(
    ([name, options]) => `
printf key | cryptsetup open ${options} --key-file - /dev/ram0 volume || exit 1
for option in ${options}; do # cryptsetup drops what the kernel refuses
  dmsetup table volume | grep -q " \${option#--perf-}" || { echo "$option is not in force"; exit 1; }
done
measure '${name}' /dev/mapper/volume; cryptsetup close volume`,
  );
  return {
    name: `kernel-${round}`,
    script: `measure '${PLAIN}' /dev/ram0
printf key | cryptsetup luksFormat -q --type luks2 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 \\
  --sector-size 512 --key-file - /dev/ram0 || exit 1
${lines.join('')}`,
  };
}

/** The same file in a mounted vault on tmpfs, through FUSE. */
const USERSPACE: GuestStep = {
  name: 'userspace',
  script: `
export XDG_RUNTIME_DIR=/run/lockline XDG_DATA_HOME=/tmp/data XDG_CACHE_HOME=/tmp/cache; mkdir -p -m 700 /run/lockline
printf key >/tmp/key; vault=/tmp/vault
$NODE $LOCKLINE create $vault --size 160M --sector-size 512 --pbkdf-force-iterations 4 --pbkdf-memory 64 --passphrase-file /tmp/key || exit 1
mkdir /root/mnt; $NODE $LOCKLINE mount $vault /root/mnt --passphrase-file /tmp/key || exit 1
dd if=/dev/zero of=/root/mnt/file bs=1M count=96 2>/dev/null
for round in ${Array.from({ length: ROUNDS }, (_, index) => index).join(' ')}; do
  for engine in ${MOUNT_LINES.join(' ')}; do
    $NODE $LOCKLINE tune $vault --read-engine $engine --write-engine $engine >/dev/null || exit 1
    measure "userspace over FUSE, $engine" /root/mnt/file
  done
done
$NODE $LOCKLINE unmount $vault
`,
};

if (!hasGuestTools() || !requireTool('fio', 'fio')) process.exit(1);
using folder = temporaryFolder();
const { outcomes, transcript } = await bootGuest(folder, {
  modules: ['dm-crypt', 'xts', 'aesni_intel', 'brd', 'fuse'],
  programs: ['cryptsetup', 'dmsetup', 'fusermount3'],
  files: [],
  prelude: PRELUDE,
  steps: [PREPARE, ...Array.from({ length: ROUNDS }, (_, index) => kernelRound(index)), USERSPACE],
  disks: [makeProgramDisk(folder, ['fio'])],
  memoryMib: MEMORY_MIB,
  stepLimitS: 600,
  timeoutMs: GUEST_LIMIT_MS,
});
const failed = [...outcomes].filter(([, { status }]) => status !== 0);
if (failed.length > 0) console.error(transcript.slice(-4000));
const figures = [...transcript.matchAll(/^@@figure (.*?);;(.*)$/gm)].map(
  ([, name = '', line = '']) => parseTerse(name, line),
);
console.log(
  `Emulated machine, ratios only. ${outcomes.get('prepare')?.output.split('\n').join(', ')}\n`,
);
console.log(formatTable(medians(figures), DEFAULT));
process.exitCode = failed.length > 0 ? 1 : 0;
