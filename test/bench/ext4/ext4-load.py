"""Loads a mounted folder and prints how long each step took, in seconds, as JSON.

ext4-load.py sequential FOLDER MEBIBYTES | files FOLDER COUNT | directory FOLDER SIZE...
"""
import ctypes, json, os, sys, time

MIB = 1 << 20
PER_FOLDER = 1000
SMALL = b's' * 700
PROBES = 1000
WARMED = 7
DIRECTORY_ROUNDS = 9


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
    """Microseconds of one creation, look-up and removal in directories of each size, by turns."""
    took = {str(size): {} for size in sizes}
    for size in sizes:
        os.mkdir('%s/%d' % (folder, size))
        for i in range(size):
            os.close(os.open('%s/%d/entry %d' % (folder, size, i), os.O_CREAT | os.O_WRONLY, 0o644))
    forget_cached(folder)
    for _ in range(DIRECTORY_ROUNDS):
        for size in sizes:
            for step, us in probe(folder, '%s/%d' % (folder, size)).items():
                took[str(size)][step] = min(took[str(size)].get(step, us), us)
    return took


def probe(folder, inside):
    """What one creation, look-up and removal takes in a directory, in microseconds."""
    names = ['%s/probe %d' % (inside, i) for i in range(PROBES)]

    def create():
        for name in names:
            os.close(os.open(name, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o644))

    def look(some):
        for name in some:
            os.stat(name)

    def remove():
        for name in names:
            os.unlink(name)
    us = {'create': timed(create) / PROBES * 1e6}
    forget_cached(folder)
    # What the tree's blocks cost to load is not what a look-up costs.
    look(names[::WARMED])
    cold = [name for i, name in enumerate(names) if i % WARMED]
    us['look up'] = timed(lambda: look(cold)) / len(cold) * 1e6
    us['remove'] = timed(remove) / PROBES * 1e6
    return us


kind, target, *numbers = sys.argv[1:]
print(json.dumps(globals()[kind](target, *map(int, numbers))))
