import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const FSX = fileURLToPath(new URL('./fsx-ext4.py', import.meta.url));
const run = promisify(execFile);

/** How much each program does. */
export type Scale = Readonly<{
  /** A git repository to clone. */
  repository: string;
  rows: number;
  files: number;
  fioMib: number;
  operations: number;
}>;

const GIT = `
  git clone -q --no-hardlinks "$REPOSITORY" clone; cd clone
  git config user.email a@example.org; git config user.name A
  git commit -q --allow-empty -m more; git gc -q; git repack -q -a -d -f
  git fsck --strict --no-progress; test -z "$(git status --porcelain)"; cd ..; rm -rf clone`;

const SQLITE = `
  sqlite3 w.db 'pragma journal_mode=wal; create table t(a integer primary key, b, c);' >/dev/null
  for job in 1 2 3; do
    ( for turn in 1 2 3 4; do
      sqlite3 -cmd '.timeout 60000' w.db "begin immediate; with recursive n(i) as
        (select 1 union all select i+1 from n where i<$ROWS)
        insert into t(b, c) select $job, hex(randomblob(40)) from n; commit;
        update t set c = hex(randomblob(50)) where b = $job and a % 3 = 0;"
    done ) & jobs="$jobs $!"
  done
  for job in $jobs; do wait "$job"; done
  test "$(sqlite3 w.db 'pragma integrity_check')" = ok
  test "$(sqlite3 w.db 'select count(*) from t')" = $((12 * ROWS))
  sqlite3 w.db 'pragma wal_checkpoint(truncate); delete from t where a % 2; vacuum' >/dev/null
  test "$(sqlite3 w.db 'pragma integrity_check')" = ok; rm w.db*`;

/** A tree with hard and symbolic links, extended attributes, owners and times. */
const TREE = `
  python3 - "$FILES" <<'END'
import os, sys
count = int(sys.argv[1])
os.makedirs('tree')
for i in range(count):
    folder = 'tree/%d/%d' % (i % 7, i % 23)
    os.makedirs(folder, exist_ok=True)
    path = '%s/file %d' % (folder, i)
    with open(path, 'wb') as file:
        file.write(os.urandom(i * 37 % 9000) * (40 if i % 97 == 0 else 1))
    os.chmod(path, 0o400 + i % 0o377)
    if i % 5 == 0: os.link(path, 'tree/hard %d' % i)
    if i % 6 == 0: os.symlink('file %d' % i, '%s/link %d' % (folder, i))
    if i % 4 == 0: os.setxattr(path, 'user.number', b'%d' % i * (1 + i % 30))
    if i % 9 == 0: os.truncate(path, 200_000)
    os.utime(path, ns=(i * 10**12 + 5, i * 10**12 + 123_456_789))
END`;

const RSYNC = `${TREE}
  rsync -aHAX tree/ copy/
  test -z "$(rsync -aHAXic --delete tree/ copy/)"
  rm -rf copy/3; rsync -aHAX --delete tree/ copy/; test -z "$(rsync -aHAXic --delete tree/ copy/)"
  rm -rf tree copy`;

const TAR = `${TREE}
  tar --xattrs -cf t.tar tree; mkdir one other
  tar --xattrs -C one -xf t.tar & first=$!
  tar --xattrs -C other -xf t.tar & second=$!
  wait $first; wait $second
  diff -r --no-dereference one/tree tree; diff -r --no-dereference other/tree tree
  rm -rf one other tree t.tar`;

const FIO = `
  for engine in psync libaio mmap; do
    direct=0; test $engine = libaio && direct=1
    fio --name=v --filename=fio --rw=randwrite --bs=4k-64k --bsrange=4k-64k --size="$FIO_MIB"m \
      --ioengine=$engine --direct=$direct --iodepth=8 --verify=crc32c --verify_fatal=1 \
      --randseed=7 --fsync=64 --minimal >/dev/null
    rm fio *.state
  done`;

const FSX_JOBS = `
  for seed in 1 2; do python3 "$FSX" "fsx $seed" $seed "$OPERATIONS" & jobs="$jobs $!"; done
  for job in $jobs; do wait "$job"; done`;

export const PROGRAMS = {
  'git clone and gc': GIT,
  'sqlite3 with a write-ahead log, three writers': SQLITE,
  'rsync -aHAX': RSYNC,
  'two tar extractions in parallel': TAR,
  'fio with crc32c': FIO,
  'fsx with maps': FSX_JOBS,
} as const;

/** Runs one of {@link PROGRAMS} in a folder of its own on the mount; rejects where it fails. */
export async function runProgram(
  program: keyof typeof PROGRAMS,
  mount: string,
  scale: Scale,
): Promise<void> {
  const script = `work=$(mktemp -d "$MOUNT/work.XXXX"); cd "$work"; jobs=""; ${PROGRAMS[program]}\n cd /; rmdir "$work"`;
  const env = {
    ...process.env,
    LC_ALL: 'C',
    GIT_CONFIG_GLOBAL: '/dev/null',
    MOUNT: mount,
    FSX,
    REPOSITORY: scale.repository,
    ROWS: String(scale.rows),
    FILES: String(scale.files),
    FIO_MIB: String(scale.fioMib),
    OPERATIONS: String(scale.operations),
  };
  await run('sh', ['-euc', script], { cwd: '/', env, maxBuffer: 2 ** 26 });
}
