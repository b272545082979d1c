import { randomBytes } from 'node:crypto';
import { equalsConstantTime } from '../../bytes/constant-time.ts';

const KEY_BYTES = 32;

/**
 * Keys of one browser session. The token in the printed address works once; it buys the cookie,
 * which the browser then shows with every request.
 *
 * SECURITY: cookies do not know ports, so any other server on this machine that the browser visits
 * would be shown ours. Hence the cookie is bound to a path that nobody else can guess.
 */
export interface SessionKeys {
  readonly token: string;
  /** Path of the window, `/` at both ends. */
  readonly rootPath: string;
  /** Tells whether this is the token, and kills it if so. */
  redeem(token: string): boolean;
  /** Value of the `set-cookie` header that a redeemed token buys. */
  readonly setCookie: string;
  /** Tells whether a `cookie` header carries the session. */
  isInSession(cookieHeader: string | undefined): boolean;
}

/** Returns fresh keys. */
export function createSessionKeys(): SessionKeys {
  const token = freshKey();
  const cookie = freshKey();
  const rootPath = `/${freshKey()}/`;
  let isTokenAlive = true;
  return {
    token,
    rootPath,
    redeem(candidate) {
      const isGood = equalsText(candidate, token) && isTokenAlive;
      if (isGood) isTokenAlive = false;
      return isGood;
    },
    setCookie: `${COOKIE_NAME}=${cookie}; Path=${rootPath}; HttpOnly; SameSite=Strict`,
    isInSession(header) {
      const values = (header ?? '').split(';').map((pair) => pair.trim());
      return values.some((pair) => equalsText(pair, `${COOKIE_NAME}=${cookie}`));
    },
  };
}

const COOKIE_NAME = 'lockline-session';

function freshKey(): string {
  return randomBytes(KEY_BYTES).toString('base64url');
}

function equalsText(a: string, b: string): boolean {
  return equalsConstantTime(Buffer.from(a), Buffer.from(b));
}
