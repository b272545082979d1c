"""Fills a mounted ext4 volume with one of everything that its format can hold."""
import os, socket, sys

root, block = sys.argv[1], int(sys.argv[2])
os.umask(0)


def put(path, data=b'', mode=0o644):
    with open(os.path.join(root, path), 'wb') as file:
        file.write(data)
    os.chmod(os.path.join(root, path), mode)


def pattern(length, seed):
    return bytes((i * 31 + seed + (i >> 8)) & 0xFF for i in range(length))


for size in (0, 1, 59, 60, 61, 150, 1023, block, block + 1, 12 * block, 13 * block, 300_000):
    put('size-%d' % size, pattern(size, size), 0o600 + size % 64)
put('setuid', b'x', 0o6755)

# Holes: many extents, and blocks of pointers at each depth.
with open(root + '/holes', 'wb') as file:
    for index in range(2000):
        file.seek(index * 2 * block)
        file.write(pattern(block, index))
with open(root + '/far', 'wb') as file:
    file.write(b'start')
    for far in (5 * block, 20 * block, 300 * block, 70_000 * block, 500_000 * block):
        file.seek(far)
        file.write(b'far %d' % far)
    file.truncate(600_000 * block)
try:
    with open(root + '/reserved', 'wb') as file:
        file.write(pattern(3 * block, 9))
        os.posix_fallocate(file.fileno(), 0, 64 * block)
except OSError:
    pass

os.makedirs(root + '/many')
for index in range(1500):
    put('many/entry number %d with a name of some length' % index)
for index in range(0, 1500, 3):
    os.unlink(root + '/many/entry number %d with a name of some length' % index)
os.makedirs(root + '/few')
for name in ('plain', 'ünïcode-日本語', 'x' * 255, ' leading', 'tab\there', '.hidden', '...'):
    put('few/' + name, name.encode())
path = root + '/deep'
for level in range(30):
    os.mkdir(path)
    path += '/d%d' % level
os.mkdir(root + '/sticky', 0o1777)

for length in (1, 59, 60, 61, 200, block - 1):
    os.symlink('t' * length, root + '/link-%d' % length)
os.link(root + '/size-61', root + '/few/hard')
os.mkfifo(root + '/fifo', 0o640)
with socket.socket(socket.AF_UNIX) as unix:
    here = os.getcwd()
    os.chdir(root)
    unix.bind('socket')
    os.chdir(here)
os.mknod(root + '/null', 0o020666, os.makedev(1, 3))
os.mknod(root + '/block', 0o060660, os.makedev(300, 70_000))

os.chown(root + '/size-59', 4_000_000_000, 70_000)
for name, when in (('size-60', -1_000_000_000), ('size-1', 2**31 + 5), ('size-61', 2**33 + 7)):
    os.utime(root + '/' + name, ns=(when * 10**9 + 123_456_789, when * 10**9 + 987_654_321))

os.setxattr(root + '/size-1', 'user.small', b'value')
os.setxattr(root + '/size-1', 'trusted.other', b'\0\1\2')
os.setxattr(root + '/few', 'user.folder', b'')
for index in range(5):
    os.setxattr(root + '/size-150', 'user.number%d' % index, pattern(block // 8, index))
if len(sys.argv) > 3:
    os.setxattr(root + '/size-150', 'user.large', pattern(int(sys.argv[3]), 5))
os.sync()
