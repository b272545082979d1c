import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { STYLE_NONCE_PLACEHOLDER } from './content-security-policy.ts';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

export type RendererFile = Readonly<{ bytes: Buffer<ArrayBuffer>; contentType: string }>;

/** The built renderer, held in memory: what is not in this list cannot be asked for. */
export interface RendererFiles {
  /** Returns a file by its path below the root, such as `assets/main.js`; never the page itself. */
  find(path: string): RendererFile | undefined;
  /** Returns the page with a fresh nonce for its inline styles. */
  page(): Readonly<{ html: string; styleNonce: string }>;
}

/**
 * Reads the built renderer once. Requests are then answered by lookup and never touch the disk, so
 * no request path can leave the folder.
 *
 * @param folder - `dist/renderer`, with `index.html` in it.
 */
export async function readRendererFiles(folder: string): Promise<RendererFiles> {
  const files = new Map<string, RendererFile>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const contentType = CONTENT_TYPES[extname(entry.name)];
    if (!entry.isFile() || contentType === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path).split(sep).join('/');
    files.set(name, { bytes: Buffer.from(await readFile(path)), contentType });
  }
  const template = (await readFile(join(folder, 'index.html'))).toString('utf8');
  files.delete('index.html');
  return {
    find: (path) => files.get(path),
    page() {
      const styleNonce = randomBytes(18).toString('base64url');
      return { html: template.replaceAll(STYLE_NONCE_PLACEHOLDER, styleNonce), styleNonce };
    },
  };
}
