/**
 * The one door from a window to the use cases: sender, schema, handler, `Result`, in this order.
 * Every refusal is a coded answer and a line in the log, never silence.
 */
import type { z } from 'zod';
import { ContractError, toWireError, VaultError } from '../../shared/errors/vault-error.ts';
import { type Channel, isChannel } from '../../shared/ipc/channels.ts';
import { CONTRACT } from '../../shared/ipc/contract.ts';
import type { Result } from '../../shared/ipc/result.ts';
import type { HandlersOf } from './handler.ts';
import { wipeByteFields } from './wipe-byte-fields.ts';

/** One message as it came, nothing of it believed yet. */
export type IncomingRequest = Readonly<{
  channel: unknown;
  input: unknown;
  /** The transport's own verdict: our main frame, or an authenticated connection. */
  isSenderTrusted: boolean;
}>;

export interface Router {
  /**
   * Answers one request; never throws.
   *
   * @param request - Owned: its byte fields are wiped when the answer is ready.
   */
  dispatch(request: IncomingRequest): Promise<Result<unknown>>;
}

/** Writes one line for the people who run Lockline; facts are safe to keep. */
export type Log = (event: string, facts: Readonly<Record<string, string>>) => void;

type AnyHandler = (input: unknown) => unknown;

/** Returns the router over the handlers of all channels. */
export function createRouter(handlers: HandlersOf<Channel>, log: Log): Router {
  return {
    async dispatch({ channel, input, isSenderTrusted }) {
      try {
        if (!isSenderTrusted) throw new ContractError('sender-refused');
        if (!isChannel(channel)) throw new ContractError('payload-invalid', { path: 'channel' });
        const parsed = parseInput(channel, input);
        // The schema that parsed the input is the one that the handler's type comes from.
        const value: unknown = await (handlers[channel] as AnyHandler)(parsed);
        return { ok: true, value };
      } catch (error) {
        logRefusal(log, channel, error);
        return { ok: false, error: toWireError(error) };
      } finally {
        wipeByteFields(input);
      }
    },
  };
}

function parseInput(channel: Channel, input: unknown): unknown {
  const schema: z.ZodType = CONTRACT[channel].input;
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const path = parsed.error.issues[0]?.path ?? [];
  // SECURITY: the path only. The value, and an unknown key, may be what the person typed.
  throw new ContractError('payload-invalid', { path: path.map(String).join('.') });
}

function logRefusal(log: Log, channel: unknown, error: unknown): void {
  const name = isChannel(channel) ? channel : 'unknown';
  if (error instanceof VaultError) log('request-refused', { channel: name, code: error.code });
  else log('request-failed', { channel: name, error: describe(error) });
}

/** Our own bug: its stack is worth keeping, and no handler puts a secret into a message. */
function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : typeof error;
}
