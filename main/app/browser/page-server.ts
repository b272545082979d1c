import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '../../ipc/router.ts';
import { contentSecurityPolicy, HARDENING_HEADERS } from '../content-security-policy.ts';
import type { RendererFiles } from '../renderer-files.ts';
import { findRefusal, type Refusal } from './request-guard.ts';
import type { SessionKeys } from './session-keys.ts';

/** Path that exchanges the token for the session. */
export const OPEN_PATH = '/open';
/** WebSocket below the window's root path. */
export const SOCKET_NAME = 'ipc';

type PageServer = Readonly<{ port: number; keys: SessionKeys; files: RendererFiles; log: Log }>;

/** Answers one HTTP request: the token's exchange, the page, or one of its files. */
export function servePage(server: PageServer, request: IncomingMessage, response: ServerResponse) {
  const { pathname, searchParams } = readTarget(request);
  const isTokenRequest = pathname === OPEN_PATH;
  const refusal = findRefusal(request, server.port, isTokenRequest);
  if (refusal !== undefined) return refuse(server.log, response, refusal);
  if (isTokenRequest) return exchangeToken(server, searchParams.get('token') ?? '', response);
  if (!pathname.startsWith(server.keys.rootPath)) {
    return refuse(server.log, response, { status: 404, reason: 'path' });
  }
  if (!server.keys.isInSession(request.headers.cookie)) {
    return refuse(server.log, response, { status: 401, reason: 'session' });
  }
  const name = pathname.slice(server.keys.rootPath.length);
  if (name === '') return sendPage(server, request.headers.host ?? '', response);
  const file = server.files.find(name);
  if (file === undefined) return refuse(server.log, response, { status: 404, reason: 'path' });
  send(response, 200, file.contentType, file.bytes);
}

/** Returns the request's path and query; one that is no URL has an empty path. */
export function readTarget(request: IncomingMessage): Pick<URL, 'pathname' | 'searchParams'> {
  // Never resolved against the Host header, which is not checked yet.
  return (
    URL.parse(request.url ?? '', 'http://localhost') ?? {
      pathname: '',
      searchParams: new URLSearchParams(),
    }
  );
}

/**
 * Sets the cookie in an answer of its own and not in a redirect: after a link from elsewhere the
 * whole chain of redirects would count as cross-site, and a strict cookie would stay behind.
 */
function exchangeToken({ keys, log }: PageServer, token: string, response: ServerResponse) {
  if (!keys.redeem(token)) return refuse(log, response, { status: 401, reason: 'token' });
  response.setHeader('set-cookie', keys.setCookie);
  response.setHeader('refresh', `0; url=${keys.rootPath}`);
  response.setHeader('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
  send(response, 200, 'text/html; charset=utf-8', OPENING_PAGE);
}

const OPENING_PAGE =
  '<!doctype html><html lang="en"><title>Lockline</title><p>Opening Lockline…</p></html>';

function sendPage({ files }: PageServer, host: string, response: ServerResponse) {
  const { html, styleNonce } = files.page();
  const policy = contentSecurityPolicy(styleNonce, `ws://${host}`);
  response.setHeader('content-security-policy', policy);
  send(response, 200, 'text/html; charset=utf-8', html);
}

const REFUSAL_WORDS: Readonly<Record<Refusal['status'], string>> = {
  400: 'Cannot understand the request',
  401: 'This address works once. Start Lockline again for a new one.',
  403: 'Refused: another site caused this request',
  404: 'Not found',
  405: 'Refused: only GET',
  421: 'Refused: wrong host name',
};

function refuse(log: Log, response: ServerResponse, { status, reason }: Refusal) {
  log('http-refused', { status: String(status), reason });
  response.setHeader('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
  send(response, status, 'text/plain; charset=utf-8', REFUSAL_WORDS[status]);
}

function send(response: ServerResponse, status: number, type: string, body: string | Buffer) {
  for (const [name, value] of Object.entries(HARDENING_HEADERS)) response.setHeader(name, value);
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  response.writeHead(status, { 'content-type': type, 'content-length': bytes.length }).end(bytes);
}
