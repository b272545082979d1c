import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { shortenPasswords } from './resources/build/shorten-passwords.ts';

const fromRoot = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The renderer. The preload script has a configuration of its own in `build-renderer.ts`. */
export default defineConfig({
  root: fromRoot('renderer'),
  base: './',
  plugins: [react(), shortenPasswords()],
  build: {
    outDir: fromRoot('dist/renderer'),
    emptyOutDir: true,
    target: 'chrome140',
    // Inlined files would need data: in the policy.
    assetsInlineLimit: 0,
    modulePreload: false,
    chunkSizeWarningLimit: 1200,
  },
});
