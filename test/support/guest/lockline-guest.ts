import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FileDevice } from '../../../main/block/file-device.ts';
import { readLuks2 } from '../../../main/luks/read-luks2.ts';
import { setFlags } from '../../../main/luks/set-flags.ts';
import { MIB } from '../../../shared/units.ts';
import { name, putFile } from '../fat-fixture.ts';
import { type OpenVault, withFat } from '../open-vault.ts';
import { type TemporaryFolder, temporaryFolder } from '../temporary-folder.ts';
import { bootGuest, type GuestRun } from './boot-guest.ts';
import { ACCOUNT_FILES, GUEST_PRELUDE, HELPER_PATH } from './guest-prelude.ts';
import {
  type GuestVault,
  keyEntry,
  makeForeignVault,
  makeGuestVault,
  makeHomeDisk,
  vaultVariables,
} from './guest-vaults.ts';
import { HOSTILE_STEPS } from './hostile-steps.ts';
import { LAST_STEPS, PROOF_STEPS, STAGE_STEP } from './proof-steps.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const HOME_MIB = 500;
const SMALL = { sizeBytes: 40 * MIB } as const;
/** A volume of 64 MiB behind its header. */
const LARGE = { sizeBytes: 80 * MIB, sectorBytes: 512, keyBits: 256 } as const;
const BIG_BYTES = 3 * MIB;
const GUEST_LIMIT_MS = 900_000;

/** Modules of the kernel that dm-crypt and the filesystems need, as a desktop loads them by itself. */
export const GUEST_MODULES = [
  ...['dm-crypt', 'loop', 'dm-zero', 'xts', 'ecb', 'aesni_intel', 'algif_skcipher'],
  ...['vfat', 'nls_utf8', 'nls_cp437', 'nls_ascii'],
] as const;

/** The guest's disks after it has powered off, and what it said. */
export type ProofRun = Disposable &
  Readonly<{
    run: GuestRun;
    folder: TemporaryFolder;
    vaults: Readonly<Record<string, GuestVault>>;
    /** SHA-256 is what the guest prints of it. */
    big: Buffer;
    homeDisk: string;
  }>;

/** Builds the helper as the packages do, and returns its path. */
export function buildHelper(): string {
  spawnSync(process.execPath, ['resources/build/build-dmcrypt.ts'], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  return join(ROOT, 'resources/linux/build/lockline-dmcrypt');
}

function fill(big: Buffer): (vault: OpenVault) => void {
  return (vault) =>
    withFat(vault, (fileSystem) => {
      const folder = fileSystem.makeDirectory(1, name('folder'), 0o700, { uid: 0, gid: 0 });
      putFile(fileSystem, folder, 'Grüße.txt', Buffer.from('from Lockline\n'));
      putFile(fileSystem, 1, 'big', big);
    });
}

function fillDisk(vault: OpenVault): void {
  withFat(vault, (fileSystem) => {
    putFile(fileSystem, 1, 'disk.txt', Buffer.from('on a disk\n'));
  });
}

/** Writes flags into a header with our own code, for the system's cryptsetup to honour. */
function persistInline(path: string): void {
  using container = FileDevice.open(path, { isReadOnly: false });
  setFlags(container, readLuks2(container), ['no_read_workqueue', 'no_write_workqueue']);
}

/** Boots one guest, has it run every step of the proof, and keeps its disks for a look. */
export async function runProof(): Promise<ProofRun> {
  const folder = temporaryFolder();
  try {
    return await runProofIn(folder);
  } catch (error) {
    folder[Symbol.dispose]();
    throw error;
  }
}

/** @param folder - Owned where it succeeds. */
async function runProofIn(folder: TemporaryFolder): Promise<ProofRun> {
  const home = folder.file('home');
  mkdirSync(join(home, 'alice'), { recursive: true });
  mkdirSync(join(home, 'bob'));
  const big = Buffer.alloc(BIG_BYTES, 'lockline and dm-crypt ');
  const raw = { ...SMALL, filesystem: 'none' } as const;
  const inHome = (file: string) => join(home, file);
  const vaults = {
    a: await makeGuestVault(inHome('alice/a.luks'), {}, fill(big)),
    b: await makeGuestVault(inHome('alice/b.luks'), { ...raw, sectorBytes: 512 }),
    e: await makeGuestVault(inHome('alice/e.luks'), { ...raw, sectorBytes: 512 }),
    c: await makeGuestVault(inHome('alice/c.luks'), raw),
    f: await makeGuestVault(inHome('alice/f.luks'), SMALL),
    m: await makeGuestVault(inHome('alice/m.luks'), SMALL),
    x: await makeGuestVault(inHome('alice/x.luks'), { ...SMALL, filesystem: 'ext4' }),
    l: await makeForeignVault(inHome('alice/l.luks'), ['--type', 'luks1']),
    h: await makeForeignVault(
      inHome('alice/h.data'),
      ['--type', 'luks2', '--sector-size', '512'],
      inHome('alice/h.header'),
    ),
    p: await makeGuestVault(inHome('alice/p.luks'), raw),
    bob: await makeGuestVault(inHome('bob/b.luks'), raw),
    d: await makeGuestVault(folder.file('disk.luks'), LARGE, fillDisk),
  };
  persistInline(vaults.p.path);
  const homeDisk = makeHomeDisk(folder, home, HOME_MIB);
  const letters = Object.entries(vaults);
  const guestPath = (path: string) => path.replace(home, '/home');
  const run = await bootGuest(folder, {
    modules: GUEST_MODULES,
    programs: ['cryptsetup', 'dmsetup', 'mke2fs', 'fsck.fat', [buildHelper(), HELPER_PATH]],
    files: [...ACCOUNT_FILES, ...letters.map(([letter, vault]) => keyEntry(letter, vault))],
    prelude:
      GUEST_PRELUDE +
      letters
        .map(([letter, vault]) => vaultVariables(letter, guestPath(vault.path), vault))
        .join(''),
    steps: [...PROOF_STEPS, STAGE_STEP, ...HOSTILE_STEPS, ...LAST_STEPS],
    disks: [vaults.d.path, homeDisk],
    timeoutMs: GUEST_LIMIT_MS,
  });
  return { run, folder, vaults, big, homeDisk, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}
