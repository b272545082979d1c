import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { run } from './run.ts';

const RELEASE = 'bookworm';
const MIRROR = 'http://deb.debian.org/debian';
/** Of a desktop's libraries the command uses none; the package names them for the window. */
const WINDOW_ONLY = /^(libgtk|libnss|libasound|libgbm)/;

/** Creates, lists, mounts, writes, reads and locks a vault as an ordinary user. */
const SCRIPT = `set -eu
cd /home/person
printf secret > passphrase && chmod 600 passphrase
lockline --version | grep -Eq '^[0-9.]+ \\([0-9a-f]{12}\\)$'
lockline create vault --size 64M --passphrase-file passphrase --pbkdf-force-iterations 4 --pbkdf-memory 64
lockline mount vault --passphrase-file passphrase --json > mounted
folder=$(sed -n 's/.*"mountPoint": "\\(.*\\)".*/\\1/p' mounted)
echo kept > "$folder/file"
lockline unmount vault
lockline mount vault --passphrase-file passphrase > /dev/null
test "$(cat "$folder/file")" = kept
lockline list
lockline unmount vault
printf secret | lockline test vault --passphrase-file - --json | grep -q '"keyslotId": 0'
test ! -e "$folder/file"
if lockline test vault --passphrase-file /etc/hostname 2> /dev/null; then exit 9; else test $? = 3; fi
`;

/**
 * Installs an unpacked package into a fresh Debian that has its declared dependencies and nothing
 * else, and uses the command there as an ordinary user.
 *
 * @param unpacked - What the package installs, from the root; changed beforehand so that it runs.
 * @param deb - Whose declared dependencies are installed.
 */
export async function tryInCleanDebian(unpacked: string, deb: string, work: string): Promise<void> {
  if (process.getuid?.() !== 0) {
    console.log('  left out: it needs root');
    return;
  }
  const root = realpathSync(work).concat('/root');
  const declared = run('dpkg-deb', ['--field', deb, 'Depends'])
    .split(',')
    .map((name) => name.trim().split(/[ |]/)[0] ?? '');
  const packages = declared.filter((name) => !WINDOW_ONLY.test(name));
  // The stand-in is Node, which needs the C++ library as Electron does.
  const included = [...packages, 'libstdc++6'].join(',');
  run('mmdebstrap', ['--variant=minbase', `--include=${included}`, RELEASE, root, MIRROR]);
  cpSync(unpacked, root, { recursive: true });
  mkdirSync(`${root}/home/person`, { recursive: true });
  writeFileSync(`${root}/home/person/use.sh`, SCRIPT);
  try {
    run('sh', ['-c', prepare(root)]);
    console.log(run('chroot', [root, 'su', 'person', '-c', 'sh /home/person/use.sh']).trimEnd());
  } finally {
    await leave(root);
  }
}

/** The devices that the command needs are made: the machine's own folder is not bound into a tree that is removed later. */
function prepare(root: string): string {
  return [
    'set -e',
    `mount -t proc proc '${root}/proc'`,
    // A booted Debian has it from systemd, a debootstrapped one has not; fusermount3 reads it.
    `test -e '${root}/etc/mtab' || ln -s ../proc/self/mounts '${root}/etc/mtab'`,
    `test -e '${root}/dev/fuse' || mknod -m 666 '${root}/dev/fuse' c 10 229`,
    ...['null 1 3', 'zero 1 5', 'random 1 8', 'urandom 1 9', 'tty 5 0'].map((device) => {
      const [name, ...numbers] = device.split(' ');
      return `test -e '${root}/dev/${name}' || mknod -m 666 '${root}/dev/${name}' c ${numbers.join(' ')}`;
    }),
    `chroot '${root}' useradd --home /home/person --uid 4321 person`,
    `chown -R 4321:4321 '${root}/home/person'`,
  ].join('\n');
}

/** Ends what still runs in the root and takes every mount away, the innermost first. @throws Error where one stays. */
async function leave(root: string): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const running = processesIn(root);
    for (const id of running) process.kill(id, signal);
    for (let tries = 0; tries < 50 && processesIn(root).length > 0; tries += 1) await delay(100);
  }
  const below = () =>
    readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' ')[1] ?? '')
      .filter((path) => path.startsWith(`${root}/`))
      .toReversed();
  for (const path of below()) spawnSync('umount', [path]);
  const [left] = below();
  if (left !== undefined) throw new Error(`still mounted: ${left}`);
  // The whole tree, devices and all; what runs on would be seen above.
  rmSync(root, { recursive: true, force: true });
}

/** Processes whose root is the folder: all are ours, the folder is new. */
function processesIn(root: string): readonly number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((id) => Number.isSafeInteger(id) && rootOf(id) === root);
}

function rootOf(id: number): string {
  try {
    return readlinkSync(`/proc/${id}/root`);
  } catch {
    return ''; // ended meanwhile, or the kernel's
  }
}
