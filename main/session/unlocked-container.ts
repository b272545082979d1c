import { fstatSync } from 'node:fs';
import { basename } from 'node:path';
import { type HeaderPin, pinOf } from '../../shared/model/header-pin.ts';
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
  using resources = new DisposableStack();
  const device = resources.use(FileDevice.open(request.path, { isReadOnly: request.isReadOnly }));
  const { header, place } = openHeaderSource(device, request.headerPath, resources);
  const container = loadContainer(header);
  check();
  onPhase('deriving', null);
  const unlocked = resources.use(
    await unlockVolume(header, container, passphrase, {
      place,
      isCostAccepted: request.isCostAccepted,
    }),
  );
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
    identity: { device: String(file.dev), inode: String(file.ino) },
    [Symbol.dispose]: () => kept.dispose(),
  };
}

function loadContainer(device: FileDevice): Container {
  const container = readContainer(device);
  return device.isReadOnly ? container : repairContainer(device, container);
}
