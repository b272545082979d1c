import { contentSecurityPolicy, HARDENING_HEADERS } from '../content-security-policy.ts';
import type { RendererFiles } from '../renderer-files.ts';

export const APP_SCHEME = 'app';
/** Origin of the window. */
export const APP_ORIGIN = `${APP_SCHEME}://lockline`;
/** Address of the window's page. */
export const APP_PAGE = `${APP_ORIGIN}/`;

/** Answers requests of the `app:` scheme from the renderer's files; there is nothing else to get. */
export function createAppProtocol(files: RendererFiles): (request: Request) => Response {
  return (request) => {
    const url = URL.parse(request.url);
    const isOurs = url?.protocol === `${APP_SCHEME}:` && url.host === 'lockline';
    if (!isOurs || request.method !== 'GET') return answer(403, 'text/plain', 'Refused');
    if (url.pathname === '/') return answerPage(files);
    const file = files.find(url.pathname.slice(1));
    if (file === undefined) return answer(404, 'text/plain', 'Not found');
    return answer(200, file.contentType, file.bytes);
  };
}

function answerPage(files: RendererFiles): Response {
  const { html, styleNonce } = files.page();
  const policy = contentSecurityPolicy(styleNonce, "'none'");
  return answer(200, 'text/html; charset=utf-8', html, { 'content-security-policy': policy });
}

function answer(
  status: number,
  contentType: string,
  body: string | Uint8Array<ArrayBuffer>,
  extra: Readonly<Record<string, string>> = {},
): Response {
  const headers = { ...HARDENING_HEADERS, 'content-type': contentType, ...extra };
  return new Response(body, { status, headers });
}
