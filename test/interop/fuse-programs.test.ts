import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireTool } from '../support/require-tool.ts';
import { type MemoryMount, serveMemory } from '../unit/mount/serve-memory.ts';

const hasTools = [
  requireTool('fusermount3', 'fuse3'),
  requireTool('rsync', 'rsync'),
  requireTool('git', 'git'),
  requireTool('sqlite3', 'sqlite3'),
  requireTool('fio', 'fio'),
].every(Boolean);
const run = promisify(execFile);

/** Runs a shell script with `$SOURCE` and `$MOUNT` set; resolves to what it prints. */
async function shell(script: string, source: string, mount: string): Promise<string> {
  const env = {
    ...process.env,
    SOURCE: source,
    MOUNT: mount,
    LC_ALL: 'C',
    GIT_CONFIG_GLOBAL: '/dev/null',
  };
  const { stdout } = await run('sh', ['-euc', script], { cwd: '/', env, encoding: 'utf8' });
  return stdout.trim();
}

/** Hash of all names and contents below a folder. */
function hashOf(folder: string): string {
  const hash = createHash('sha256');
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  for (const path of paths) {
    hash.update(path.slice(folder.length));
    if (statSync(path).isFile()) hash.update(readFileSync(path));
  }
  return hash.digest('hex');
}

function makeTree(folder: string): void {
  let state = 12_345;
  const random = (): number => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state;
  };
  for (let index = 0; index < 400; index += 1) {
    const inside = join(folder, `d${index % 7}`, `e${index % 3}`);
    mkdirSync(inside, { recursive: true });
    const bytes = Buffer.alloc(index % 50 === 0 ? 1_500_000 : random() % 9000, random() % 256);
    writeFileSync(join(inside, `file ${index}.bin`), bytes);
  }
}

describe.skipIf(!hasTools)('programs on a FUSE mount', () => {
  let mount: MemoryMount;
  let folder: string;
  let source: string;

  beforeAll(async () => {
    mount = await serveMemory({ fileSystem: { capacityBytes: 512 * 1024 * 1024 } });
    folder = mkdtempSync(join(tmpdir(), 'lockline-programs-'));
    source = join(folder, 'tree');
    makeTree(source);
  });
  afterAll(async () => {
    const { held, faults } = await mount.unmount();
    expect(faults).toBe(0);
    await mount[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
    expect(held).toEqual({ references: 0, handles: 0, orphans: 0 });
  });

  it('cp -r and mv keep every byte', async () => {
    const at = mount.mountPoint;
    await shell(
      'cp -r "$SOURCE" "$MOUNT/copy"; mkdir "$MOUNT/to"; mv "$MOUNT/copy" "$MOUNT/to/moved"',
      source,
      at,
    );
    expect(hashOf(join(at, 'to/moved'))).toBe(hashOf(source));
    await shell('mv "$MOUNT/to/moved/d1" "$MOUNT/d1"; rm -r "$MOUNT/to" "$MOUNT/d1"', source, at);
  });

  it('rsync -rt copies once and finds nothing to do the second time', async () => {
    const script = 'rsync -rt --stats "$SOURCE/" "$MOUNT/sync/" | grep "regular files transferred"';
    expect(await shell(script, source, mount.mountPoint)).toContain(' 400');
    expect(await shell(script, source, mount.mountPoint)).toMatch(/: 0$/);
    expect(hashOf(join(mount.mountPoint, 'sync'))).toBe(hashOf(source));
  });

  it('tar packs and unpacks', async () => {
    const script =
      'tar -C "$SOURCE" -cf "$MOUNT/t.tar" .; mkdir "$MOUNT/out"; tar -C "$MOUNT/out" -xf "$MOUNT/t.tar"';
    await shell(script, source, mount.mountPoint);
    expect(hashOf(join(mount.mountPoint, 'out'))).toBe(hashOf(source));
  });

  it('git commits, clones and checks', async () => {
    const script = `
      cd "$MOUNT"; git init -q repo; cp -r "$SOURCE/d0" repo/; cd repo
      git config user.email a@example.org; git config user.name A
      git add .; git commit -qm one; git mv d0 d9; git commit -qm two; git gc -q
      git clone -q --no-hardlinks "$MOUNT/repo" "$MOUNT/clone"; cd "$MOUNT/clone"
      git fsck --strict; git status --porcelain; git rev-list --count HEAD; cd /`;
    expect(await shell(script, source, mount.mountPoint)).toBe('2');
    expect(hashOf(join(mount.mountPoint, 'clone/d9'))).toBe(hashOf(join(source, 'd0')));
  });

  it.each(['delete', 'truncate', 'persist'])('sqlite3 works with journal mode %s', async (mode) => {
    const script = `
      sqlite3 "$MOUNT/${mode}.db" "pragma journal_mode=${mode}; create table t(a, b);
        with recursive n(i) as (select 1 union all select i+1 from n where i<20000)
        insert into t select i, hex(randomblob(20)) from n; create index x on t(b);
        begin; delete from t; rollback; delete from t where a % 2; vacuum;"
      sqlite3 "$MOUNT/${mode}.db" "pragma integrity_check; select count(*) from t"`;
    expect(await shell(script, source, mount.mountPoint)).toBe(`${mode}\nok\n10000`);
  });

  it('sqlite3 works with a write-ahead log, which lies in shared memory maps', async () => {
    const script = `
      sqlite3 "$MOUNT/wal.db" "pragma journal_mode=wal; create table t(a); insert into t values(1),(2);"
      sqlite3 "$MOUNT/wal.db" "pragma integrity_check; select count(*) from t"`;
    expect(await shell(script, source, mount.mountPoint)).toBe('wal\nok\n2');
  });

  it("an editor's save by rename replaces the file whole", async () => {
    const script = `
      cd "$MOUNT"; echo old > note; for i in 1 2 3 4 5; do
        echo "version $i" > .note.swp; sync .note.swp; mv -f .note.swp note; cat note; done; ls -A | grep -c note; cd /`;
    const versions = [1, 2, 3, 4, 5].map((version) => `version ${version}`);
    expect(await shell(script, source, mount.mountPoint)).toBe([...versions, '1'].join('\n'));
  });

  it('dd reads and writes 1 MiB requests without the page cache', async () => {
    const before = mount.counters[1] ?? 0;
    const script = `
      dd if=/dev/urandom of="$SOURCE/../random" bs=1M count=20 status=none
      dd if="$SOURCE/../random" of="$MOUNT/direct" bs=1M oflag=direct status=none
      dd if="$MOUNT/direct" bs=1M iflag=direct status=none | cmp - "$SOURCE/../random"; echo same`;
    expect(await shell(script, source, mount.mountPoint)).toBe('same');
    expect((mount.counters[1] ?? 0) - before).toBeLessThanOrEqual(22);
  });

  it.each([
    ['mmap', ''],
    ['psync', '--direct=1'],
    ['psync', '--fsync=8'],
    ['libaio', '--direct=1 --iodepth=8'],
  ])('fio verifies random writes with %s %s', async (engine, options) => {
    const script = `fio --name=v --filename="$MOUNT/fio-${engine}" --rw=randwrite --bs=4k --size=8m \
      --ioengine=${engine} ${options} --verify=crc32c --verify_fatal=1 --randseed=7 --minimal >/dev/null; echo ok`;
    expect(await shell(script, source, mount.mountPoint)).toBe('ok');
  });

  it('flock keeps two programs apart', async () => {
    const script = `
      : > "$MOUNT/lock"
      exec 9< "$MOUNT/lock"; flock -x 9
      flock -n -x "$MOUNT/lock" true && echo wrong || echo held
      exec 9<&-; flock -n -x "$MOUNT/lock" true && echo free`;
    expect(await shell(script, source, mount.mountPoint)).toBe('held\nfree');
  });

  it('survives a killed program in the middle of its requests', async () => {
    const script = `
      for i in 1 2 3 4 5 6 7 8 9 10; do
        timeout -s KILL 0.0$i cp -r "$SOURCE" "$MOUNT/k$i" || true; timeout -s KILL 0.0$i ls -lR "$MOUNT" >/dev/null || true
      done; rm -r "$MOUNT"/k*; echo ok`;
    expect(await shell(script, source, mount.mountPoint)).toContain('ok');
  });
});
