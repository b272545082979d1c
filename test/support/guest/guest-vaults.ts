import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { SecretBytes } from '../../../main/bytes/secret-bytes.ts';
import { createContainer } from '../../../main/session/create-container.ts';
import type { CreateOptions } from '../../../shared/model/create-options.ts';
import { MIB } from '../../../shared/units.ts';
import { cryptsetupOk, dumpVolumeKey } from '../cryptsetup.ts';
import { decryptIndependently } from '../independent-volume.ts';
import { hashVolume, lastSector, type OpenVault, withVault } from '../open-vault.ts';
import type { TemporaryFolder } from '../temporary-folder.ts';
import { type ArchiveEntry, fileEntry } from './cpio-archive.ts';

export const GUEST_PASSPHRASE = 'kernel and userspace';
const FOREIGN_BYTES = 8 * MIB;
/** Users of the guest. */
export const ALICE = 1000;
export const BOB = 1001;

/** A vault that Lockline made for the guest, and what the guest needs to know of it. */
export type GuestVault = Readonly<{
  /** On this machine. */
  path: string;
  /** The mapping's name. */
  name: string;
  /** What the helper reads: the volume key, then the last sector as our engine decrypts it. */
  secret: Buffer;
  keyBytes: number;
  /** SHA-256 of the plaintext, as our engine decrypts it. */
  hash: string;
}>;

/** Creates a vault file; `prepare` may write into it before it is described. */
export async function makeGuestVault(
  path: string,
  options: Partial<CreateOptions>,
  prepare: (vault: OpenVault) => void = () => {},
): Promise<GuestVault> {
  using passphrase = SecretBytes.copyOf(Buffer.from(GUEST_PASSPHRASE));
  const all: CreateOptions = {
    sizeBytes: 64 * MIB,
    label: 'GUEST',
    subsystem: '',
    filesystem: 'fat32',
    sectorBytes: 4096,
    keyBits: 512,
    kdf: { type: 'pbkdf2', forcedIterations: 1000 },
    allocate: false,
    ...options,
  };
  await createContainer({ path, options: all }, passphrase, () => {});
  await withVault(path, GUEST_PASSPHRASE, prepare);
  return await withVault(path, GUEST_PASSPHRASE, (vault) => ({
    path,
    name: `lockline-${vault.uuid.replaceAll('-', '')}`,
    secret: Buffer.concat([vault.volumeKey, lastSector(vault)]),
    keyBytes: vault.volumeKey.length,
    hash: hashVolume(vault),
  }));
}

/**
 * Has cryptsetup make a container with random plaintext, and describes it without our engine.
 *
 * @param header - Where the header goes, if not into the container.
 */
export async function makeForeignVault(
  path: string,
  format: readonly string[],
  header = path,
): Promise<GuestVault> {
  writeFileSync(path, randomBytes(FOREIGN_BYTES));
  if (header !== path) writeFileSync(header, Buffer.alloc(16 * MIB));
  const apart = header === path ? [] : ['--header', header];
  const kdf = ['--pbkdf', 'pbkdf2', '--pbkdf-force-iterations', '1000', '--key-size', '512'];
  await cryptsetupOk(
    ['luksFormat', ...format, ...kdf, ...apart, '--key-file', '-', path],
    GUEST_PASSPHRASE,
  );
  const key = await dumpVolumeKey(header, GUEST_PASSPHRASE);
  const dump = await cryptsetupOk(['luksDump', header]);
  const sectors = Number(/Payload offset:\s+(\d+)/.exec(dump)?.[1] ?? 0);
  const plain = decryptIndependently(path, { key, offsetBytes: sectors * 512, sectorBytes: 512 });
  const uuid = (await cryptsetupOk(['luksUUID', header])).trim();
  return {
    path,
    name: `lockline-${uuid.replaceAll('-', '')}`,
    secret: Buffer.concat([key, plain.subarray(-512)]),
    keyBytes: key.length,
    hash: createHash('sha256').update(plain).digest('hex'),
  };
}

/** Shell variables and key files of a vault: `$V_x` path, `$N_x` name, `$K_x` what `open` reads. */
export function vaultVariables(letter: string, guestPath: string, vault: GuestVault): string {
  return `V_${letter}=${guestPath}; N_${letter}=${vault.name}; K_${letter}=/keys/${letter}\n`;
}

export function keyEntry(letter: string, vault: GuestVault): ArchiveEntry {
  return fileEntry(`keys/${letter}`, vault.secret, 0o600);
}

/** An ext4 image with the content of a folder, to be the guest's /home. */
export function makeHomeDisk(folder: TemporaryFolder, content: string, sizeMib: number): string {
  const image = folder.file('home.img');
  mkdirSync(content, { recursive: true });
  writeFileSync(image, '');
  truncateSync(image, sizeMib * MIB);
  execFileSync('mke2fs', ['-q', '-F', '-t', 'ext4', '-d', content, image]);
  return image;
}

/** Takes a file out of an ext4 image. */
export function extractFile(image: string, guestPath: string, target: string): void {
  execFileSync('debugfs', ['-R', `dump ${guestPath} ${target}`, image], { stdio: 'ignore' });
}
