import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { SecretBytes } from '../../main/bytes/secret-bytes.ts';
import { encodeRequest } from '../../main/session/request-frame.ts';
import type { SessionEvent } from '../../main/session/session-events.ts';
import type { SessionRequest } from '../../main/session/session-request.ts';

const ENTRY = fileURLToPath(new URL('../../main/session/vault-process.ts', import.meta.url));

export type VaultProcessOutcome = Readonly<{
  signal: NodeJS.Signals | null;
  code: number | null;
  events: readonly SessionEvent[];
}>;

/**
 * Runs a vault process under another program, such as strace, and gives it one request.
 *
 * @param wrapper - The program and its arguments; empty for none.
 */
export function runVaultProcess(
  wrapper: readonly string[],
  request: SessionRequest,
  passphrase: string | Uint8Array,
  environment: Readonly<Record<string, string>> = {},
): Promise<VaultProcessOutcome> {
  const [command = '', ...args] = [...wrapper, process.execPath, ENTRY];
  const child = spawn(command, args, {
    stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', ...environment },
  });
  using secret = SecretBytes.copyOf(Buffer.from(passphrase));
  const frame = encodeRequest(request, secret);
  child.stdin?.on('error', () => {});
  child.stdin?.end(Buffer.from(frame.bytes));
  let text = '';
  const events = child.stdio[3] as Readable; // 'pipe' at this index
  events.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const lines = text.split('\n').filter((line) => line !== '');
      resolve({ code, signal, events: lines.map((line) => JSON.parse(line) as SessionEvent) });
    });
  });
}
