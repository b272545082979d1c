import { randomBytes } from 'node:crypto';
import { StateError } from '../../../shared/errors/vault-error.ts';
import type { KernelMount } from '../../../shared/model/backend.ts';
import type { KernelFlagName } from '../../../shared/model/dmcrypt.ts';
import { SecretBytes } from '../../bytes/secret-bytes.ts';
import type { KernelChanges, KernelVolume } from '../kernel-volume.ts';
import { type MappingStatus, parseMapping } from './parse-answer.ts';
import { runHelper } from './run-helper.ts';

export type DmcryptOptions = Readonly<{
  /** Absolute and real; not locked by this process. */
  path: string;
  /** From the header, lower case; the mapping is named after it. */
  uuid: string;
  isReadOnly: boolean;
  /** Of a detached header; `null` where it lies in the container. */
  headerPath: string | null;
  /** An empty folder of the user's. */
  mountPoint: string;
  /** `null`: those of the header. */
  flags: readonly KernelFlagName[] | null;
  /** `null`: the kernel's choice. */
  driver: string | null;
  signal?: AbortSignal;
}>;

/**
 * Has the kernel open a container and mount its filesystem, by one run of the root helper.
 *
 * @param volumeKey - Borrowed: verified by a digest.
 * @param lastSector - Borrowed: plaintext of the volume's last sector, by our own engine. The helper
 * mounts nothing where the kernel reads another.
 * @throws VaultError `helper-missing`, `helper-denied`, `kernel-unsupported`, `sector-differs` and
 * others of `helper-errors.ts`; then nothing is left behind.
 */
export async function openByHelper(
  options: DmcryptOptions,
  volumeKey: SecretBytes,
  lastSector: SecretBytes,
): Promise<KernelVolume> {
  using input = SecretBytes.allocate(volumeKey.lengthBytes + lastSector.lengthBytes);
  input.bytes.set(volumeKey.bytes);
  input.bytes.set(lastSector.bytes, volumeKey.lengthBytes);
  const { path, headerPath, flags, driver, mountPoint, signal } = options;
  const verbArguments = [
    ...['open', path, mappingName(options.uuid)],
    ...['--key-bytes', String(volumeKey.lengthBytes)],
    ...['--owner', String(process.pid)],
    ...['--mount-point', mountPoint],
    ...(options.isReadOnly ? ['--read-only'] : []),
    ...(headerPath === null ? [] : ['--header', headerPath]),
    ...(flags === null ? [] : ['--flags', flagWords(flags)]),
    ...(driver === null ? [] : ['--capi', driver]),
  ];
  const mapped = parseMapping(await runHelper(verbArguments, { input, signal }));
  const volume = new DmcryptVolume(mapped, mountPoint);
  if (signal?.aborted !== true) return volume;
  await volume.close();
  throw new StateError('cancelled', {});
}

/** Closes a mapping whose process is gone. @throws MountError `unmount-busy`, `helper-denied` */
export async function closeByHelper(mapping: string): Promise<void> {
  await runHelper(['close', mapping]);
}

function mappingName(uuid: string): string {
  const digits = uuid.replaceAll('-', '');
  return `lockline-${/^[0-9a-f]{32}$/.test(digits) ? digits : randomBytes(16).toString('hex')}`;
}

function flagWords(flags: readonly KernelFlagName[]): string {
  return flags.length === 0 ? 'none' : flags.join(',');
}

class DmcryptVolume implements KernelVolume {
  readonly mountPoint: string;
  #kernel: KernelMount;

  constructor(mapped: MappingStatus, mountPoint: string) {
    this.#kernel = mapped.kernel;
    this.mountPoint = mapped.mountPoint ?? mountPoint;
  }

  get kernel(): KernelMount {
    return this.#kernel;
  }

  async refresh({ flags, driver }: KernelChanges): Promise<KernelMount> {
    const answer = await runHelper([
      ...['refresh', this.#kernel.mapping],
      ...(flags === undefined ? [] : ['--flags', flagWords(flags)]),
      ...(driver === undefined ? [] : ['--capi', driver]),
    ]);
    this.#kernel = parseMapping(answer).kernel;
    return this.#kernel;
  }

  async close(): Promise<void> {
    await closeByHelper(this.#kernel.mapping);
  }
}
