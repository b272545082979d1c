import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { MountError, StateError, VaultError } from '../../../shared/errors/vault-error.ts';
import type { KernelMount } from '../../../shared/model/backend.ts';
import { isFlagKnown, type KernelFlagName } from '../../../shared/model/dmcrypt.ts';
import type { SecretBytes } from '../../bytes/secret-bytes.ts';
import type { DbusValue } from '../../system/dbus/dbus-values.ts';
import { kernelVersion } from '../../system/kernel-release.ts';
import type { KernelVolume } from '../kernel-volume.ts';
import { UdisksBus, type UdisksInterface } from './udisks-bus.ts';

export type UdisksOptions = Readonly<{
  /** Borrowed: the open container, for writing unless `isReadOnly`. */
  fd: number;
  isReadOnly: boolean;
  /**
   * Of the header: with these udisks2 makes the mapping, without those that the kernel does not know.
   * Only root could read them back.
   */
  headerFlags: readonly KernelFlagName[];
  signal: AbortSignal;
}>;

/** Takes back one step of an opening. */
type Undo = (isForced: boolean) => Promise<void>;

/**
 * Has udisks2 attach a container, unlock it and mount its filesystem where it mounts removable
 * media, for the user of this session and without a question.
 *
 * @param passphrase - Borrowed: goes to udisks2 as bytes.
 * @throws MountError `udisks-missing`, `udisks-denied`, `kernel-refused`; StateError `cancelled`.
 * Then nothing is left behind.
 */
export async function openByUdisks(
  { fd, isReadOnly, headerFlags, signal }: UdisksOptions,
  passphrase: SecretBytes,
): Promise<KernelVolume> {
  const bus = await UdisksBus.open();
  const steps: Undo[] = [];
  const method = (path: string, name: UdisksInterface, member: string) => {
    if (signal.aborted) throw new StateError('cancelled', {});
    return { path, interface: name, member } as const;
  };
  const undo = (path: string, name: UdisksInterface, member: string) => {
    steps.unshift(async (isForced) => {
      const options =
        member === 'Unmount' ? { force: { type: 'b', value: isForced } as const } : {};
      // What the user has unmounted elsewhere is unmounted.
      await bus.call({ path, interface: name, member }, options).catch(passOver(/NotMounted/));
    });
  };
  const readOnly = { 'read-only': { type: 'b', value: isReadOnly } } as const;
  try {
    const loopOptions = { ...readOnly, 'no-part-scan': { type: 'b', value: true } } as const;
    const loop = objectPath(
      await bus.manage('LoopSetup', loopOptions, [{ type: 'h', value: 0 }], fd),
    );
    undo(loop, 'Loop', 'Delete');
    await bus.property(loop, 'Encrypted', 'HintEncryptionType');
    const clear = objectPath(
      await bus.call(
        method(loop, 'Encrypted', 'Unlock'),
        { ...readOnly, keyfile_contents: { type: 'ay', value: passphrase.bytes } },
        [{ type: 's', value: '' }],
      ),
    );
    undo(loop, 'Encrypted', 'Lock');
    await bus.property(clear, 'Filesystem', 'MountPoints');
    const mountPoint = await bus.call(
      method(clear, 'Filesystem', 'Mount'),
      isReadOnly ? { options: { type: 's', value: 'ro' } } : {},
    );
    undo(clear, 'Filesystem', 'Unmount');
    if (signal.aborted) throw new StateError('cancelled', {});
    const running = kernelVersion();
    const kernel: KernelMount = {
      ...mappingOf(await bus.property(clear, 'Block', 'Device')),
      loop: pathOf(await bus.property(loop, 'Block', 'Device')),
      cipher: null,
      flags: headerFlags.filter((flag) => isFlagKnown(flag, running)),
      voidFlags: headerFlags.filter((flag) => !isFlagKnown(flag, running)),
    };
    return new UdisksVolume(bus, String(mountPoint), kernel, steps);
  } catch (error) {
    for (const step of steps) await step(true).catch(() => {}); // the first failure is the one to tell
    bus[Symbol.dispose]();
    throw error;
  }
}

class UdisksVolume implements KernelVolume {
  readonly mountPoint: string;
  readonly kernel: KernelMount;
  readonly #bus: UdisksBus;
  readonly #steps: Undo[];

  constructor(bus: UdisksBus, mountPoint: string, kernel: KernelMount, steps: Undo[]) {
    this.#bus = bus;
    this.mountPoint = mountPoint;
    this.kernel = kernel;
    this.#steps = steps;
  }

  async refresh(): Promise<never> {
    throw new StateError('backend-unsuited', {
      reason: 'udisks2 takes flags from the header only',
    });
  }

  /** What is done stays done: a lock that failed half way goes on from there. */
  async close({ isForced }: Readonly<{ isForced: boolean }>): Promise<void> {
    for (let step = this.#steps[0]; step !== undefined; step = this.#steps[0]) {
      await step(isForced);
      this.#steps.shift();
    }
    this.#bus[Symbol.dispose]();
  }
}

/**
 * Closes a mapping that a dead vault process had udisks2 make.
 *
 * @throws MountError `unmount-busy`, `udisks-missing`, `udisks-denied`
 */
export async function closeByUdisks({ device, loop }: KernelMount): Promise<void> {
  using bus = await UdisksBus.open();
  const clear = blockObject(device);
  const outer = blockObject(loop);
  const call = (path: string, owner: UdisksInterface, member: string) =>
    bus.call({ path, interface: owner, member }, {});
  await call(clear, 'Filesystem', 'Unmount').catch(passOver(/NotMounted/));
  await call(outer, 'Encrypted', 'Lock');
  await call(outer, 'Loop', 'Delete').catch(passOver(/Unknown/));
}

/** Lets a refusal pass that says that the work is done already. */
function passOver(done: RegExp): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof VaultError && done.test(String(error.data['reason']))) return undefined;
    throw error;
  };
}

function blockObject(device: string): string {
  return `/org/freedesktop/UDisks2/block_devices/${basename(device).replaceAll('-', '_2d')}`;
}

function objectPath(value: DbusValue | undefined): string {
  if (typeof value === 'string' && value.startsWith('/org/freedesktop/UDisks2/')) return value;
  throw new MountError('kernel-refused', { reason: 'unreadable answer' });
}

/** Paths travel as bytes with a NUL at the end. */
function pathOf(value: DbusValue): string {
  if (!(value instanceof Uint8Array)) {
    throw new MountError('kernel-refused', { reason: 'unreadable answer' });
  }
  return Buffer.from(value).toString('utf8').replace(/\0.*$/s, '');
}

function mappingOf(device: DbusValue): Pick<KernelMount, 'device' | 'mapping'> {
  const path = pathOf(device);
  try {
    const name = readFileSync(`/sys/block/${basename(path)}/dm/name`, 'utf8').trim();
    return { device: path, mapping: name };
  } catch (error) {
    throw new MountError('kernel-refused', { reason: 'no mapping' }, error);
  }
}
