"""Does the same seeded operations in two folders and compares every answer, and the trees at the end.

differ-ext4.py FOLDER FOLDER SEED OPERATIONS: exits with 1 and a line for each difference.
"""
import ctypes, errno, hashlib, os, random, stat, sys

ONE, OTHER, SEED, COUNT = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
ROOTS = [ONE.encode(), OTHER.encode()]
MAXIMUM_BYTES = 6 << 20
OPEN_FILES = 12
random.seed(SEED)
os.umask(0)
libc = ctypes.CDLL(None, use_errno=True)
AT_FDCWD, NOREPLACE, EXCHANGE = -100, 1, 2
KEEP_SIZE, PUNCH_HOLE = 1, 2


def checked(result):
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def rename2(source, target, flags):
    checked(libc.renameat2(AT_FDCWD, source, AT_FDCWD, target, flags))


def fallocate(fd, mode, start, length):
    checked(libc.fallocate(fd, mode, ctypes.c_long(start), ctypes.c_long(length)))


def facts(info):
    kind = stat.S_IFMT(info.st_mode)
    size = None if kind == stat.S_IFDIR else info.st_size
    return (oct(info.st_mode), info.st_uid, info.st_gid, info.st_nlink, size, info.st_rdev)


def times(info):
    return (info.st_atime_ns, info.st_mtime_ns)


NAMES = [b'a', b'b', b'c', b'name', b'X', b'x' * 255, b'y' * 256, b'.hidden', b'\xc3\xa9', b'\xff\xfe']
NAMES += [b'n%d' % i for i in range(40)]
# Made up as it goes: names that an operation may have made. They may be gone again.
folders, paths = [b''], []
handles = []


def any_name():
    return random.choice(NAMES) if random.random() < 0.8 else b'm%d' % random.randrange(400)


def any_folder():
    while True:
        path = random.choice(folders)
        if path == b'' or os.path.isdir(ROOTS[0] + path) or random.random() < 0.02:
            return path
        folders.remove(path)


def any_path():
    if paths and random.random() < 0.9:
        return random.choice(paths)
    return any_folder() + b'/' + any_name()


def any_bytes():
    length = random.choice([0, 1, 10, 511, 1024, 4096, 4097, 10_000, 65_536, 200_000])
    seed = random.randrange(256)
    return bytes((seed + i) & 255 for i in range(256)) * (length // 256) + b'z' * (length % 256)


def any_offset():
    return random.choice([0, 1, 511, 4095, 4096, 12_288, random.randrange(100_000),
                          random.randrange(MAXIMUM_BYTES)])


def note(path, is_folder=False):
    paths.append(path)
    if len(paths) > 400:
        paths.pop(random.randrange(400))
    if is_folder and len(folders) < 60 and path.count(b'/') < 8:
        folders.append(path)


def on_path(call, path, *rest):
    return lambda side: call(ROOTS[side] + path, *rest)


def created():
    path, mode = any_folder() + b'/' + any_name(), random.randrange(0o10000)
    # A pipe of that name takes what it has room for, and is not waited for.
    flags = os.O_CREAT | os.O_RDWR | os.O_NONBLOCK | random.choice([0, os.O_EXCL, os.O_TRUNC])
    data = any_bytes() if random.random() < 0.4 else b''
    note(path)

    def run(side):
        fd = os.open(ROOTS[side] + path, flags, mode & 0o7777)
        try:
            return os.write(fd, data)
        finally:
            os.close(fd)
    return 'create %r' % path, run


def made_folder():
    path, mode = any_folder() + b'/' + any_name(), random.randrange(0o2000)
    note(path, True)
    return 'mkdir %r' % path, on_path(os.mkdir, path, mode)


def made_node():
    path = any_folder() + b'/' + any_name()
    kind = random.choice([stat.S_IFIFO, stat.S_IFSOCK, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFREG])
    number = os.makedev(random.randrange(4000), random.randrange(100_000))
    note(path)
    return 'mknod %r' % path, on_path(os.mknod, path, kind | random.randrange(0o1000), number)


def symlinked():
    path, target = any_folder() + b'/' + any_name(), b't' * random.choice([1, 59, 60, 61, 300, 4000])
    note(path)
    return 'symlink %r' % path, lambda side: os.symlink(target, ROOTS[side] + path)


def linked():
    old, new = any_path(), any_folder() + b'/' + any_name()
    note(new)
    return ('link %r %r' % (old, new),
            lambda side: os.link(ROOTS[side] + old, ROOTS[side] + new, follow_symlinks=False))


def renamed():
    old, new = any_path(), any_path() if random.random() < 0.5 else any_folder() + b'/' + any_name()
    if random.random() < 0.1:
        old = any_folder()
    flags = random.choice([0, 0, 0, NOREPLACE, EXCHANGE, NOREPLACE | EXCHANGE])
    note(new)
    return ('rename %r %r %d' % (old, new, flags),
            lambda side: rename2(ROOTS[side] + old, ROOTS[side] + new, flags))


def unlinked():
    path = any_path()
    return 'unlink %r' % path, on_path(os.unlink, path)


def removed_folder():
    path = any_folder() if random.random() < 0.7 else any_path()
    return 'rmdir %r' % path, on_path(os.rmdir, path) if path != b'' else on_path(os.stat, path + b'/none')


def changed_mode():
    path, mode = any_path(), random.randrange(0o10000)
    return 'chmod %r %o' % (path, mode), on_path(os.chmod, path, mode)


def changed_owner():
    path = any_path()
    uid, gid = (random.choice([-1, 0, 1000, 70_000, 4_000_000_000]) for _ in range(2))
    return 'chown %r' % path, lambda side: os.lchown(ROOTS[side] + path, uid, gid)


def changed_times():
    path = any_path()
    when = tuple(random.randrange(-2**31 * 10**9, 2**33 * 10**9) for _ in range(2))

    def run(side):
        os.utime(ROOTS[side] + path, ns=when, follow_symlinks=False)
        return times(os.lstat(ROOTS[side] + path))
    return 'utime %r' % path, run


def cut():
    path = any_path()
    size = random.choice([0, any_offset(), any_offset(), 2**31, 2**40, 2**44 - 4096, 2**45, 2**62, -1])

    def run(side):
        os.truncate(ROOTS[side] + path, size)
    return 'truncate %r %d' % (path, size), run


def shown():
    path = any_path()
    return 'lstat %r' % path, lambda side: facts(os.lstat(ROOTS[side] + path))


def listed():
    path = any_folder() if random.random() < 0.8 else any_path()
    return 'list %r' % path, lambda side: sorted(os.listdir(ROOTS[side] + path))


def read_link():
    path = any_path()
    return 'readlink %r' % path, on_path(os.readlink, path)


def set_attribute():
    path = any_path()
    key = random.choice([b'user.a', b'user.b', b'user.' + b'k' * 200, b'trusted.t', b'security.s',
                         b'user.' + b'k' * 260, b'wrong.w', b'user.'])
    value = any_bytes()[:random.choice([0, 3, 40, 300, 1500, 5000])]
    flags = random.choice([0, 0, os.XATTR_CREATE, os.XATTR_REPLACE])
    return ('setxattr %r %r %d %d' % (path, key, len(value), flags),
            lambda side: os.setxattr(ROOTS[side] + path, key, value, flags, follow_symlinks=False))


def removed_attribute():
    path, key = any_path(), random.choice([b'user.a', b'user.b', b'trusted.t', b'security.s'])
    return ('removexattr %r %r' % (path, key),
            lambda side: os.removexattr(ROOTS[side] + path, key, follow_symlinks=False))


def attributes_of(path):
    return sorted((key, os.getxattr(path, key, follow_symlinks=False))
                  for key in os.listxattr(path, follow_symlinks=False))


def listed_attributes():
    path = any_path()
    return 'listxattr %r' % path, lambda side: attributes_of(ROOTS[side] + path)


def opened():
    path = any_path()
    flags = random.choice([os.O_RDONLY, os.O_RDWR, os.O_RDWR, os.O_RDWR | os.O_APPEND]) | os.O_NONBLOCK
    pair = [None, None]
    if len(handles) >= OPEN_FILES:
        for fd in handles.pop(random.randrange(OPEN_FILES)):
            os.close(fd)

    def run(side):
        # Devices and pipes are served by the kernel, whoever holds their names.
        if not stat.S_ISREG(os.stat(ROOTS[side] + path).st_mode):
            raise OSError(errno.EINVAL, 'not a file')
        pair[side] = os.open(ROOTS[side] + path, flags)
        if side == 1:
            handles.append(pair)
    return 'open %r' % path, run


def on_handle(text, call):
    if not handles:
        return shown()
    pair = random.choice(handles)
    if None in pair:
        handles.remove(pair)
        return shown()
    return text, lambda side: call(pair[side])


def wrote():
    data, at = any_bytes(), any_offset()
    return on_handle('pwrite %d at %d' % (len(data), at), lambda fd: os.pwrite(fd, data, at))


def read():
    length, at = random.choice([1, 100, 4096, 70_000]), any_offset()
    return on_handle('pread', lambda fd: hashlib.md5(os.pread(fd, length, at)).digest())


def reserved():
    mode = random.choice([0, KEEP_SIZE, PUNCH_HOLE | KEEP_SIZE, PUNCH_HOLE | KEEP_SIZE, PUNCH_HOLE])
    at, length = any_offset(), random.choice([0, 1, 4096, 10_000, any_offset()])
    return on_handle('fallocate %d %d %d' % (mode, at, length),
                     lambda fd: (fallocate(fd, mode, at, length), os.fstat(fd).st_size)[1])


def is_zero(fd, start, end):
    while start < end:
        part = os.pread(fd, min(1 << 20, end - start), start)
        if not part:
            return True
        if part.count(0) != len(part):
            return False
        start += len(part)
    return True


def sought():
    """Where zeros were written and where nothing was is free: the answer only has to be true."""
    at, whence = any_offset(), random.choice([os.SEEK_DATA, os.SEEK_HOLE])

    def run(fd):
        os.fsync(fd)
        size = os.fstat(fd).st_size
        try:
            found = os.lseek(fd, at, whence)
        except OSError as error:
            if error.errno != errno.ENXIO or at >= size or whence == os.SEEK_HOLE:
                raise
            found = min(size, at + MAXIMUM_BYTES)
        if whence == os.SEEK_DATA:
            return at <= found <= size and is_zero(fd, at, found)
        block_end = min(size, (found // 1024 + 1) * 1024)
        return at <= found <= size and is_zero(fd, found, block_end)
    return on_handle('seek %d %d' % (at, whence), run)


def cut_open():
    size = any_offset()
    return on_handle('ftruncate %d' % size,
                     lambda fd: (os.ftruncate(fd, size), facts(os.fstat(fd)))[1])


def shown_open():
    return on_handle('fstat', lambda fd: facts(os.fstat(fd)))


def synced():
    return on_handle('fsync', os.fsync)


STEPS = [(created, 14), (made_folder, 5), (made_node, 2), (symlinked, 3), (linked, 5), (renamed, 10),
         (unlinked, 12), (removed_folder, 3), (changed_mode, 4), (changed_owner, 3),
         (changed_times, 3), (cut, 5), (shown, 8), (listed, 4), (read_link, 2), (set_attribute, 7),
         (removed_attribute, 3), (listed_attributes, 3), (opened, 6), (wrote, 14), (read, 8),
         (reserved, 6), (sought, 4), (cut_open, 4), (shown_open, 3), (synced, 1)]
CALLS, WEIGHTS = zip(*STEPS)


def answer(run, side):
    try:
        return run(side)
    except OSError as error:
        return errno.errorcode.get(error.errno, error.errno)
    except ValueError as error:
        return 'value: %s' % error


def data_of(path, size):
    """Hash of what is not a hole: some files are longer than can be read through."""
    digest = hashlib.sha256(b'%d' % size)
    fd = os.open(path, os.O_RDONLY)
    try:
        at = 0
        while at < size:
            try:
                at = os.lseek(fd, at, os.SEEK_DATA)
            except OSError:
                break
            end = os.lseek(fd, at, os.SEEK_HOLE)
            while at < end:
                part = os.pread(fd, min(1 << 20, end - at), at)
                if not part:
                    break
                # Written zeros and holes read alike, and who splits them where is free.
                for start in range(0, len(part), 512):
                    block = part[start:start + 512]
                    if block.count(0) != len(block):
                        digest.update(b'%d:' % (at + start) + block)
                at += len(part)
    finally:
        os.close(fd)
    return digest.hexdigest()


def tree(root):
    found, numbers = {}, {}

    def visit(path):
        info = os.lstat(root + path)
        links = numbers.setdefault(info.st_ino, path) if info.st_nlink > 1 else path
        content = None
        if stat.S_ISREG(info.st_mode):
            content = data_of(root + path, info.st_size)
        elif stat.S_ISLNK(info.st_mode):
            content = os.readlink(root + path)
        same = None if stat.S_ISDIR(info.st_mode) else links
        found[path] = (facts(info), content, attributes_of(root + path), same)
        if stat.S_ISDIR(info.st_mode):
            for name in sorted(os.listdir(root + path)):
                if path + b'/' + name != b'/lost+found':
                    visit(path + b'/' + name)
    visit(b'')
    return found


differences, tally = 0, {}
for step in range(COUNT):
    text, run = random.choices(CALLS, WEIGHTS)[0]()
    theirs, ours = answer(run, 0), answer(run, 1)
    kind = text.split()[0] + ' ' + (theirs if isinstance(theirs, str) and theirs[:1] == 'E' else 'ok')
    tally[kind] = tally.get(kind, 0) + 1
    if theirs != ours:
        print('step %d: %s: %.300r and %.300r' % (step, text, theirs, ours))
        differences += 1
        if differences > 20:
            sys.exit(1)
for pair in handles:
    for fd in pair:
        os.close(fd)
one, other = tree(ROOTS[0]), tree(ROOTS[1])
for path in sorted(set(one) | set(other)):
    if one.get(path) != other.get(path):
        print('tree: %r: %.400r and %.400r' % (path, one.get(path), other.get(path)))
        differences += 1
print('%d operations, %d kinds of answer, %d nodes at the end, %d differences'
      % (COUNT, len(tally), len(one), differences))
if len(sys.argv) > 5:
    print(tally)
sys.exit(1 if differences else 0)
