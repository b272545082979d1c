import { parentPort } from 'node:worker_threads';
import { toWireError, type WireError } from '../../shared/errors/vault-error.ts';
import type { LiveEngine } from '../engine/live-engine.ts';
import { obeyOrder } from './engine-orders.ts';
import { takeCommands, VOLUME_COMMANDS } from './volume-control.ts';
import type { ServedVolumeData, VolumeWorkerMessage } from './volume-worker-messages.ts';

/** Tells the vault process something; called in a worker that serves a volume. */
export function post(message: VolumeWorkerMessage): void {
  parentPort?.postMessage(message);
}

/** Runs an action and returns how it failed, or `null`. */
export function attempt(action: () => void): WireError | null {
  try {
    action();
    return null;
  } catch (error) {
    return toWireError(error);
  }
}

/** Does between two requests what the vault process asked for through the control words. */
export function serveCommands(
  data: ServedVolumeData,
  engine: LiveEngine,
  sync: () => void,
): 'continue' | 'stop' {
  const commands = takeCommands(data.control);
  if ((commands & VOLUME_COMMANDS.tune) !== 0) obeyOrder(data.engine, engine, post);
  if ((commands & VOLUME_COMMANDS.sync) !== 0) post({ type: 'synced', error: attempt(sync) });
  return (commands & VOLUME_COMMANDS.stop) !== 0 ? 'stop' : 'continue';
}
