import { z } from 'zod';
import { ContractError } from '../../../shared/errors/vault-error.ts';

/** Longest path of a Unix socket: `sun_path` less its terminating zero. */
const SOCKET_PATH_BYTES = 107;

/** Where a server listens: a Unix socket, or a TCP port of the loopback addresses. */
export const nbdEndpointSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('unix'), path: z.string().startsWith('/').max(4096) }),
  z.strictObject({ kind: z.literal('tcp'), port: z.int().min(1).max(65_535) }),
]);
export type NbdEndpoint = Readonly<z.infer<typeof nbdEndpointSchema>>;

/**
 * Returns the URI by which clients reach an endpoint.
 * @see https://github.com/NetworkBlockDevice/nbd/blob/master/doc/uri.md
 */
export function nbdUri(endpoint: NbdEndpoint): string {
  if (endpoint.kind === 'tcp') return `nbd://localhost:${endpoint.port}`;
  return `nbd+unix:///?socket=${encodeURIComponent(endpoint.path).replaceAll('%2F', '/')}`;
}

/** Returns the socket's path that such a URI names; `undefined` where it names none. */
export function socketPathOf(uri: string): string | undefined {
  const encoded = /^nbd\+unix:\/\/\/\?socket=(.+)$/.exec(uri)?.[1];
  return encoded === undefined ? undefined : decodeURIComponent(encoded);
}

/** @throws ContractError `payload-invalid` where a socket of this path cannot exist. */
export function assertSocketPath(path: string): void {
  if (Buffer.byteLength(path) > SOCKET_PATH_BYTES || path.includes('\0')) {
    throw new ContractError('payload-invalid', {
      argument: '--socket',
      maximumBytes: SOCKET_PATH_BYTES,
    });
  }
}
