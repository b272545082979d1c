"""Random writes, reads, cuts, holes and maps of one file against a copy in memory, as fsx does.

fsx-ext4.py FILE SEED OPERATIONS: exits with 1 where the file is not what it should be.
"""
import ctypes, mmap, os, random, sys

PATH, SEED, COUNT = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
MAXIMUM = 1 << 20
KEEP_SIZE, PUNCH_HOLE = 1, 2
random.seed(SEED)
libc = ctypes.CDLL(None, use_errno=True)
model = bytearray()
fd = os.open(PATH, os.O_CREAT | os.O_TRUNC | os.O_RDWR, 0o600)


def resize(size):
    global model
    model = model[:size] + bytes(max(0, size - len(model)))


def put(at, data):
    if at + len(data) > len(model):
        resize(at + len(data))
    model[at:at + len(data)] = data


def some(limit=65_536):
    return random.randrange(MAXIMUM - limit), os.urandom(random.randrange(1, limit))


def write():
    at, data = some()
    os.pwrite(fd, data, at)
    put(at, data)


def map_write():
    if not model:
        return
    at = random.randrange(len(model))
    data = os.urandom(min(len(model) - at, random.randrange(1, 30_000)))
    with mmap.mmap(fd, len(model)) as mapped:
        mapped[at:at + len(data)] = data
        if random.random() < 0.3:
            mapped.flush()
    put(at, data)


def map_read():
    if not model:
        return
    with mmap.mmap(fd, len(model), prot=mmap.PROT_READ) as mapped:
        at = random.randrange(len(model))
        assert mapped[at:at + 40_000] == model[at:at + 40_000], 'mapped at %d' % at


def read():
    at = random.randrange(MAXIMUM)
    assert os.pread(fd, 50_000, at) == model[at:at + 50_000], 'read at %d' % at


def cut():
    size = random.randrange(MAXIMUM)
    os.ftruncate(fd, size)
    resize(size)


def punch():
    at, length = random.randrange(MAXIMUM), random.randrange(1, 200_000)
    assert libc.fallocate(fd, PUNCH_HOLE | KEEP_SIZE, ctypes.c_long(at), ctypes.c_long(length)) == 0
    end = min(len(model), at + length)
    if at < end:
        model[at:end] = bytes(end - at)


def reserve():
    at, length = random.randrange(MAXIMUM // 2), random.randrange(1, MAXIMUM // 2)
    os.posix_fallocate(fd, at, length)
    if at + length > len(model):
        resize(at + length)


def reopen():
    global fd
    os.fsync(fd)
    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(fd)
    fd = os.open(PATH, os.O_RDWR)


STEPS = [write] * 5 + [map_write] * 4 + [map_read] * 2 + [read] * 4 + [cut] * 2 + [punch] * 2
STEPS += [reserve, reopen]
for step in range(COUNT):
    random.choice(STEPS)()
    assert os.fstat(fd).st_size == len(model), 'size after %d' % step
reopen()
assert os.pread(fd, MAXIMUM + 1, 0) == model, 'content at the end'
os.close(fd)
os.unlink(PATH)
