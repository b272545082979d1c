"""Loads a mounted folder and prints how long each step took, in seconds, as JSON.

ext4-load.py sequential FOLDER MEBIBYTES | files FOLDER COUNT | directory FOLDER SIZE...
"""
import ctypes, json, os, sys, time

MIB = 1 << 20
PER_FOLDER = 1000
SMALL = b's' * 700
PROBES = 1000
WARMED = 7
PIECE = 50
DIRECTORY_ROUNDS = 12


time_now = time.perf_counter
libc = ctypes.CDLL(None, use_errno=True)


def sync(folder):
    """Of this mount alone: others' writes are not what is measured."""
    fd = os.open(folder, os.O_RDONLY)
    os.fsync(fd)
    libc.syncfs(fd)
    os.close(fd)


def forget_cached(folder):
    """Stats and reads shall reach whoever serves the mount."""
    sync(folder)
    with open('/proc/sys/vm/drop_caches', 'w') as file:
        file.write('3')


def timed(step):
    start = time.perf_counter()
    step()
    return time.perf_counter() - start


def sequential(folder, mebibytes):
    path, data = folder + '/sequential', os.urandom(MIB)

    def write():
        fd = os.open(path, os.O_CREAT | os.O_WRONLY)
        for _ in range(mebibytes):
            os.write(fd, data)
        os.fsync(fd)
        os.close(fd)

    def read():
        fd, buffer = os.open(path, os.O_RDONLY), bytearray(MIB)
        while os.readv(fd, [buffer]) > 0:
            pass
        os.close(fd)
    took = {'write': timed(write)}
    forget_cached(folder)
    took['read'] = timed(read)
    os.unlink(path)
    return took


def paths_below(folder, count):
    return ['%s/%d/%d' % (folder, i // PER_FOLDER, i) for i in range(count)]


def files(folder, count):
    paths = paths_below(folder, count)
    for i in range(0, count, PER_FOLDER):
        os.mkdir('%s/%d' % (folder, i // PER_FOLDER))

    def create():
        for path in paths:
            fd = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o644)
            os.write(fd, SMALL)
            os.close(fd)
        sync(folder)

    def look():
        for path in paths:
            os.stat(path)

    def delete():
        for path in paths:
            os.unlink(path)
        sync(folder)
    took = {'create': timed(create)}
    forget_cached(folder)
    took['stat'] = timed(look)
    took['delete'] = timed(delete)
    for i in range(0, count, PER_FOLDER):
        os.rmdir('%s/%d' % (folder, i // PER_FOLDER))
    return took


def directory(folder, *sizes):
    """Microseconds of one creation, look-up and removal in directories of each size, by turns.

    Operations are timed in pieces of a few; the piece at the lower quartile tells what they take
    where nothing else has got the processor.
    """
    pieces = {str(size): {} for size in sizes}
    for size in sizes:
        os.mkdir('%s/%d' % (folder, size))
        for i in range(size):
            os.close(os.open('%s/%d/entry %d' % (folder, size, i), os.O_CREAT | os.O_WRONLY, 0o644))
    forget_cached(folder)
    for _ in range(DIRECTORY_ROUNDS):
        for size in sizes:
            probe(folder, '%s/%d' % (folder, size), pieces[str(size)])
    return {
        size: {step: sorted(us)[len(us) // 4] for step, us in steps.items()}
        for size, steps in pieces.items()
    }


def probe(folder, inside, pieces):
    """Creates, looks up and removes names in a directory; adds what pieces of them took."""
    names = ['%s/probe %d' % (inside, i) for i in range(PROBES)]

    def time(step, some, operation):
        for at in range(0, len(some) - PIECE + 1, PIECE):
            start = time_now()
            for name in some[at:at + PIECE]:
                operation(name)
            pieces.setdefault(step, []).append((time_now() - start) / PIECE * 1e6)
        for name in some[len(some) // PIECE * PIECE:]:
            operation(name)

    time('create', names, lambda name: os.close(
        os.open(name, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o644)))
    forget_cached(folder)
    # What the tree's blocks cost to load is not what a look-up costs.
    for name in names[::WARMED]:
        os.stat(name)
    time('look up', [name for i, name in enumerate(names) if i % WARMED], os.stat)
    time('remove', names, os.unlink)


kind, target, *numbers = sys.argv[1:]
print(json.dumps(globals()[kind](target, *map(int, numbers))))
