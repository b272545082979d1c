import { toWireError } from '../../shared/errors/vault-error.ts';
import type { SecretBytes } from '../bytes/secret-bytes.ts';
import type { RequestChannel } from './request-channel.ts';
import type { OnPhase, SessionResults } from './session-events.ts';
import type { SessionRequest } from './session-request.ts';

/** Carries out the one request of this process and reports how it went. */
export async function answerRequest(channel: RequestChannel): Promise<void> {
  const onPhase: OnPhase = (phase, fraction) => channel.tell({ event: 'phase', phase, fraction });
  try {
    const { request, secret } = await channel.receive();
    using _secret = secret;
    channel.tell({ event: 'done', result: await carryOut(request, secret, onPhase) });
  } catch (error) {
    channel.tell({ event: 'failed', error: toWireError(error) });
  }
  channel.close();
}

/** Each verb loads only what it needs: start-up is part of what a user waits for. */
async function carryOut(
  request: SessionRequest,
  secret: SecretBytes,
  onPhase: OnPhase,
): Promise<SessionResults[keyof SessionResults]> {
  switch (request.verb) {
    case 'create': {
      const { createContainer } = await import('./create-container.ts');
      return createContainer(request, secret, onPhase);
    }
    case 'test': {
      const { testPassphrase } = await import('./test-passphrase.ts');
      return testPassphrase(request, secret, onPhase);
    }
    case 'fsck': {
      const { checkVolume } = await import('./check-volume.ts');
      return checkVolume(request, secret, onPhase);
    }
    case 'estimate': {
      const { estimateKdf } = await import('../crypto/estimate-kdf.ts');
      return estimateKdf(request.choice);
    }
    case 'bench': {
      const { runBenchmark } = await import('../benchmark/run-benchmark.ts');
      const { folder, mountFolder } = request;
      const onProgress = (fraction: number) => onPhase('measuring', fraction);
      return runBenchmark({ ...request.request, folder, mountFolder, onProgress });
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
    case 'resize': {
      const { resizeContainer } = await import('./resize-container.ts');
      return resizeContainer(request, secret, onPhase);
    }
    case 'header-backup':
    case 'header-compare':
    case 'header-restore':
    case 'check':
    case 'repair':
    case 'convert': {
      const { answerHeaderRequest } = await import('./answer-header-request.ts');
      return answerHeaderRequest(request);
    }
    default: {
      const { answerKeyRequest } = await import('./answer-key-request.ts');
      return answerKeyRequest(request, secret, onPhase);
    }
  }
}
