import { FileDevice } from '../block/file-device.ts';
import type { SecretBytes } from '../bytes/secret-bytes.ts';
import { readContainer, verifyContainerPassphrase } from '../luks/container.ts';
import type { OnPhase, SessionResults } from './session-events.ts';
import type { SessionRequest } from './session-request.ts';

/** Tells which keyslot a passphrase opens; changes nothing. @param secret - Borrowed. */
export async function testPassphrase(
  { path, headerPath = path, isCostAccepted }: Extract<SessionRequest, { verb: 'test' }>,
  secret: SecretBytes,
  onPhase: OnPhase,
): Promise<SessionResults['test']> {
  using device = FileDevice.open(headerPath, { isReadOnly: true, lock: 'none' });
  const container = readContainer(device);
  onPhase('deriving', null);
  return await verifyContainerPassphrase(device, container, secret, { isCostAccepted });
}
