import { closeSync, writeSync } from 'node:fs';
import { toWireError } from '../../shared/errors/vault-error.ts';
import { FileDevice } from '../block/file-device.ts';
import type { SecretBytes } from '../bytes/secret-bytes.ts';
import { readRequest } from './request-frame.ts';
import type { OnPhase, SessionEvent, SessionResults } from './session-events.ts';
import type { SessionRequest } from './session-request.ts';

const REQUEST_FD = 0;
const EVENT_FD = 3;

function tell(event: SessionEvent): void {
  writeSync(EVENT_FD, `${JSON.stringify(event)}\n`);
}

const onPhase: OnPhase = (phase, fraction) => tell({ event: 'phase', phase, fraction });

/** Carries out the one request of this process and reports how it went. */
export async function answerRequest(): Promise<void> {
  try {
    const { request, secret } = readRequest(REQUEST_FD);
    using _secret = secret;
    tell({ event: 'done', result: await carryOut(request, secret) });
  } catch (error) {
    tell({ event: 'failed', error: toWireError(error) });
  }
  closeSync(EVENT_FD);
}

/** Each verb loads only what it needs: start-up is part of what a user waits for. */
async function carryOut(
  request: SessionRequest,
  secret: SecretBytes,
): Promise<SessionResults[keyof SessionResults]> {
  switch (request.verb) {
    case 'create': {
      const { createContainer } = await import('./create-container.ts');
      return createContainer(request.path, request.options, secret, onPhase);
    }
    case 'test': {
      const { readContainer, verifyContainerPassphrase } = await import('../luks/container.ts');
      using device = FileDevice.open(request.path, { isReadOnly: true, lock: 'none' });
      const container = readContainer(device);
      onPhase('deriving', null);
      return await verifyContainerPassphrase(device, container, secret);
    }
    case 'estimate': {
      const { estimateKdf } = await import('../crypto/estimate-kdf.ts');
      return estimateKdf(request.choice);
    }
    case 'mount': {
      if (request.backend !== undefined && request.backend !== 'fuse') {
        const { serveKernelVault } = await import('./serve-kernel-vault.ts');
        return serveKernelVault(request, secret, onPhase);
      }
      const { serveVault } = await import('./serve-vault.ts');
      return serveVault(request, secret, onPhase);
    }
    case 'nbd': {
      const { serveNbdVault } = await import('./serve-nbd.ts');
      return serveNbdVault(request, secret, onPhase);
    }
    default: {
      const { answerKeyRequest } = await import('./answer-key-request.ts');
      return answerKeyRequest(request, secret, onPhase);
    }
  }
}
