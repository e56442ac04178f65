import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

// The page of the console: `npm run build:page`. Plain TSX, which vite reads without a plugin.

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

export default defineConfig({
  root: path('.'),
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: path('../dist/web/page'),
    emptyOutDir: true,
    target: 'es2022',
    // A data: address is refused by the page's own policy (img-src 'self').
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
