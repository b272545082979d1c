/** Element of `index.html` whose nonce the renderer hands to its style sheets. */
export const STYLE_NONCE_PLACEHOLDER = '__STYLE_NONCE__';

/**
 * Returns the policy of the window: our own files only, no inline script, inline style by nonce.
 *
 * @param connectSource - Where the window may connect to: `'none'`, or one WebSocket origin.
 */
export function contentSecurityPolicy(styleNonce: string, connectSource: string): string {
  const directives: Readonly<Record<string, string>> = {
    'default-src': "'none'",
    'script-src': "'self'",
    'style-src': `'self' 'nonce-${styleNonce}'`,
    'img-src': "'self' data:",
    'font-src': "'self'",
    'connect-src': connectSource,
    'object-src': "'none'",
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
  };
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');
}

/** Headers of every answer, whatever its content. */
export const HARDENING_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=()',
};
