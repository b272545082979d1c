import * as FatFs from 'js-fatfs';

const READ_BYTES = 64 * 1024;

/** Reads a whole image with FatFs: every path with its content, directories ending in "/". */
export async function readWithFatFs(image: Uint8Array): Promise<Map<string, Buffer>> {
  const fatFs = await FatFs.create({ diskio: diskOf(image) });
  check(fatFs.f_mount(fatFs.malloc(FatFs.sizeof_FATFS), '', 1));
  const tree = new Map<string, Buffer>();
  readFolder(fatFs, '', tree);
  check(fatFs.f_unmount(''));
  return tree;
}

function diskOf(image: Uint8Array): FatFs.DiskIO {
  const sectorBytes = Buffer.from(image.buffer, image.byteOffset).readUInt16LE(11);
  return {
    initialize: () => 0,
    status: () => 0,
    read: (fatFs, _drive, target, sector, count) => {
      const from = sector * sectorBytes;
      fatFs.HEAPU8.set(image.subarray(from, from + count * sectorBytes), target);
      return FatFs.RES_OK;
    },
    write: () => FatFs.RES_ERROR,
    ioctl: (fatFs, _drive, command, target) => {
      if (command === FatFs.GET_SECTOR_COUNT) {
        fatFs.setValue(target, image.length / sectorBytes, 'i32');
      } else if (command === FatFs.GET_SECTOR_SIZE) {
        fatFs.setValue(target, sectorBytes, 'i16');
      }
      return FatFs.RES_OK;
    },
  };
}

function readFolder(fatFs: FatFs.FatFs, path: string, tree: Map<string, Buffer>): void {
  const folder = fatFs.malloc(FatFs.sizeof_DIR);
  const info = fatFs.malloc(FatFs.sizeof_FILINFO);
  check(fatFs.f_opendir(folder, path === '' ? '/' : path));
  const folders: string[] = [];
  for (;;) {
    check(fatFs.f_readdir(folder, info));
    const text = fatFs.FILINFO_fname(info);
    if (text === '') break;
    const child = `${path}/${text}`;
    if ((fatFs.FILINFO_fattrib(info) & FatFs.AM_DIR) !== 0) folders.push(child);
    else tree.set(child.slice(1), readFile(fatFs, child, fatFs.FILINFO_fsize(info)));
  }
  check(fatFs.f_closedir(folder));
  fatFs.free(folder);
  fatFs.free(info);
  for (const child of folders) {
    tree.set(`${child.slice(1)}/`, Buffer.alloc(0));
    readFolder(fatFs, child, tree);
  }
}

function readFile(fatFs: FatFs.FatFs, path: string, sizeBytes: number): Buffer {
  const file = fatFs.malloc(FatFs.sizeof_FIL);
  const buffer = fatFs.malloc(READ_BYTES + 8);
  const content = Buffer.alloc(sizeBytes);
  check(fatFs.f_open(file, path, FatFs.FA_READ));
  let done = 0;
  while (done < sizeBytes) {
    check(fatFs.f_read(file, buffer, READ_BYTES, buffer + READ_BYTES));
    const count = fatFs.getValue(buffer + READ_BYTES, 'i32');
    content.set(fatFs.HEAPU8.subarray(buffer, buffer + count), done);
    done += count;
  }
  check(fatFs.f_close(file));
  fatFs.free(file);
  fatFs.free(buffer);
  return content;
}

function check(result: number): void {
  if (result !== FatFs.FR_OK) throw new Error(`FatFs result ${result}`);
}
