import type { IncomingMessage } from 'node:http';

/** Why a request is turned away: its status and a word for the log. */
export type Refusal = Readonly<{ status: 400 | 401 | 403 | 404 | 405 | 421; reason: string }>;

/** Sites from which a browser may send a request to the window. */
const OWN_FETCH_SITES = ['same-origin', 'none'];

/**
 * Checks what every request must satisfy before anything else of it is looked at.
 *
 * `Host` must name us exactly, which ends DNS rebinding; a request that another site caused is
 * refused, as is any method but GET.
 *
 * @param isTokenRequest - The first request may be a link in another program's page, which the
 * browser calls cross-site: there the token is the proof.
 */
export function findRefusal(
  request: IncomingMessage,
  port: number,
  isTokenRequest: boolean,
): Refusal | undefined {
  if (!isOwnHost(request.headers.host, port)) return { status: 421, reason: 'host' };
  if (request.method !== 'GET') return { status: 405, reason: 'method' };
  const site = request.headers['sec-fetch-site'];
  if (!isTokenRequest && site !== undefined && !OWN_FETCH_SITES.includes(String(site))) {
    return { status: 403, reason: 'cross-site' };
  }
  return undefined;
}

/** Checks the opening of a WebSocket on top of {@link findRefusal}: its page must be ours. */
export function findSocketRefusal(request: IncomingMessage, port: number): Refusal | undefined {
  const refusal = findRefusal(request, port, false);
  if (refusal !== undefined) return refusal;
  const isOwnOrigin = request.headers.origin === `http://${request.headers.host}`;
  return isOwnOrigin ? undefined : { status: 403, reason: 'origin' };
}

function isOwnHost(host: string | undefined, port: number): boolean {
  return host === `127.0.0.1:${port}` || host === `localhost:${port}`;
}
