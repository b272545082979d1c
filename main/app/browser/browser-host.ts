/**
 * The browser host: serves the renderer and the contract on loopback to one browser session.
 *
 * Other users and other sites can reach a loopback port, so nothing is answered without the
 * session, and no session begins without the one-time token. See `request-guard.ts` for what is
 * refused before that.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { createHandlers } from '../../ipc/create-handlers.ts';
import type { Host } from '../../ipc/host.ts';
import { createPathGrants } from '../../ipc/path-grants.ts';
import { createRouter, type Log } from '../../ipc/router.ts';
import type { EventLog } from '../../services/event-log.ts';
import type { Services } from '../../services/services.ts';
import { type RendererFiles, readRendererFiles } from '../renderer-files.ts';
import { OPEN_PATH, readTarget, SOCKET_NAME, servePage } from './page-server.ts';
import { findSocketRefusal, type Refusal } from './request-guard.ts';
import { createSessionKeys, type SessionKeys } from './session-keys.ts';
import { runSocketSession } from './socket-session.ts';

/** The largest input is a passphrase and a few options. */
const MAXIMUM_MESSAGE_BYTES = 64 * 1024;
const MAXIMUM_SOCKETS = 8;
const MAXIMUM_HEADER_BYTES = 16 * 1024;
const REQUEST_TIMEOUT_MS = 10_000;
/** Far more than one window needs; strangers cannot use up the descriptors of the app. */
const MAXIMUM_CONNECTIONS = 128;

export type BrowserHostOptions = Readonly<{
  services: Services;
  host: Host;
  /** The built renderer, `dist/renderer`. */
  rendererFolder: string;
  log: Log;
  /** What `log` keeps, for the window to show. */
  eventLog: EventLog;
  /** 0 takes a free one. */
  port?: number;
}>;

export type BrowserHost = Readonly<{
  /** Address with the one-time token. */
  url: string;
  /** Ends all connections. The services stay the caller's. */
  close(): Promise<void>;
}>;

/** Starts to listen on 127.0.0.1. */
export async function startBrowserHost(options: BrowserHostOptions): Promise<BrowserHost> {
  const files = await readRendererFiles(options.rendererFolder);
  const keys = createSessionKeys();
  const http = createServer({
    maxHeaderSize: MAXIMUM_HEADER_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    headersTimeout: REQUEST_TIMEOUT_MS,
  });
  http.maxConnections = MAXIMUM_CONNECTIONS;
  const port = await listen(http, options.port ?? 0);
  const sockets = attach(http, port, keys, files, options);
  return {
    url: `http://127.0.0.1:${port}${OPEN_PATH}?token=${keys.token}`,
    close: () => close(http, sockets),
  };
}

function listen(http: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, '127.0.0.1', () => resolve((http.address() as AddressInfo).port)); // TCP
  });
}

function attach(
  http: Server,
  port: number,
  keys: SessionKeys,
  files: RendererFiles,
  { services, host, log, eventLog }: BrowserHostOptions,
): WebSocketServer {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAXIMUM_MESSAGE_BYTES });
  const router = createRouter(
    createHandlers({ services, host, grants: createPathGrants(), eventLog }),
    log,
  );
  http.on('request', (request, response) => {
    servePage({ port, keys, files, log }, request, response);
  });
  http.on('upgrade', (request, stream, head) => {
    const refusal = refuseUpgrade(request, port, keys) ?? refuseFull(sockets);
    if (refusal !== undefined) {
      log('socket-refused', { status: String(refusal.status), reason: refusal.reason });
      refuseSocket(stream, refusal);
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      socket.binaryType = 'fragments';
      runSocketSession(socket, router, services);
    });
  });
  return sockets;
}

function refuseUpgrade(
  request: IncomingMessage,
  port: number,
  keys: SessionKeys,
): Refusal | undefined {
  const refusal = findSocketRefusal(request, port);
  if (refusal !== undefined) return refusal;
  const { pathname } = readTarget(request);
  if (pathname !== `${keys.rootPath}${SOCKET_NAME}`) return { status: 404, reason: 'path' };
  if (!keys.isInSession(request.headers.cookie)) return { status: 401, reason: 'session' };
  return undefined;
}

function refuseFull(sockets: WebSocketServer): Refusal | undefined {
  if (sockets.clients.size < MAXIMUM_SOCKETS) return undefined;
  return { status: 403, reason: 'too-many-windows' };
}

/** SECURITY: anybody may knock; none may keep a connection, nor end the app by hanging up. */
function refuseSocket(stream: Duplex, { status }: Refusal): void {
  stream.once('error', () => stream.destroy());
  stream.once('finish', () => stream.destroy());
  stream.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function close(http: Server, sockets: WebSocketServer): Promise<void> {
  for (const socket of sockets.clients) socket.terminate();
  return new Promise((resolve) => {
    http.close(() => resolve());
    http.closeAllConnections();
  });
}
