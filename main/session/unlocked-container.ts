import { fstatSync } from 'node:fs';
import { basename } from 'node:path';
import { type HeaderPin, pinOf } from '../../shared/model/header-pin.ts';
import type { UnlockTimes } from '../../shared/model/unlock-times.ts';
import { FileDevice } from '../block/file-device.ts';
import type { SecretBytes } from '../bytes/secret-bytes.ts';
import {
  type Container,
  describeContainer,
  readContainer,
  repairContainer,
  unlockVolume,
} from '../luks/container.ts';
import type { UnlockedVolume } from '../luks/unlocked-volume.ts';
import { finishInterruptedGrowth } from './finish-interrupted-growth.ts';
import { openHeaderSource } from './header-source.ts';
import type { OnPhase } from './session-events.ts';

/** A container that is open, locked against other writers, and unlocked. Disposing closes and wipes. */
export type UnlockedContainer = Disposable &
  Readonly<{
    path: string;
    isReadOnly: boolean;
    /** To be served by a worker: `release()` hands its descriptor on. */
    device: FileDevice;
    unlocked: UnlockedVolume;
    label: string;
    /** What must not change behind the user's back. */
    pin: HeaderPin;
    /** Its label, or the file's name where it has none. */
    name: string;
    /** Device and inode number of the file, decimal. */
    identity: Readonly<{ device: string; inode: string }>;
    /** How long the unlock took until now. */
    times: Omit<UnlockTimes, 'mount'>;
    /** By the clock of `performance.now()`. */
    unlockedMs: number;
  }>;

type Request = Readonly<{
  path: string;
  isReadOnly: boolean;
  headerPath?: string | undefined;
  isCostAccepted?: boolean | undefined;
}>;

/**
 * Opens a container and unlocks it; a damaged copy of the header is rewritten where it is opened for
 * writing.
 *
 * @param passphrase - Borrowed until the promise settles.
 * @param check - Runs before a key is derived: what is refused anyway need not cost one.
 */
export async function unlockContainer(
  request: Request,
  passphrase: SecretBytes,
  onPhase: OnPhase,
  check: () => void = () => {},
): Promise<UnlockedContainer> {
  const startMs = performance.now();
  const times = { header: 0, derivation: 0, area: 0, digest: 0, mount: 0 };
  using resources = new DisposableStack();
  const device = resources.use(FileDevice.open(request.path, { isReadOnly: request.isReadOnly }));
  const { header: source, place } = openHeaderSource(device, request.headerPath, resources);
  const container = loadContainer(source);
  check();
  onPhase('deriving', null);
  const unlocked = resources.use(
    await unlockVolume(source, container, passphrase, {
      place,
      isCostAccepted: request.isCostAccepted,
      onTime: (part, milliseconds) => {
        times[part] += milliseconds;
      },
    }),
  );
  const unlockedMs = performance.now();
  const { derivation, area, digest } = times;
  const header = Math.max(0, unlockedMs - startMs - derivation - area - digest);
  finishInterruptedGrowth(device, unlocked);
  onPhase('mounting', null);
  const info = describeContainer(container, device.sizeBytes);
  const { label } = info;
  const file = fstatSync(device.fd, { bigint: true });
  const kept = resources.move();
  return {
    path: request.path,
    isReadOnly: request.isReadOnly,
    device,
    unlocked,
    label,
    pin: pinOf(info),
    name: label === '' ? basename(request.path) : label,
    times: { header, derivation, area, digest },
    unlockedMs,
    identity: { device: String(file.dev), inode: String(file.ino) },
    [Symbol.dispose]: () => kept.dispose(),
  };
}

/** Returns how long the unlock took, the mount that ends now included. */
export function unlockTimesOf({
  times,
  unlockedMs,
}: Pick<UnlockedContainer, 'times' | 'unlockedMs'>): UnlockTimes {
  return { ...times, mount: performance.now() - unlockedMs };
}

function loadContainer(device: FileDevice): Container {
  const container = readContainer(device);
  return device.isReadOnly ? container : repairContainer(device, container);
}
