import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^vnpy-bridge\/(pickle|rpc|vnpy)$/, replacement: source('$1/index.ts') },
      { find: /^vnpy-bridge$/, replacement: source('index.ts') },
    ],
  },
  test: {
    // Native sockets are owned by a process: forks keep one test file's sockets away from another's.
    pool: 'forks',
    // Not Vitest's five seconds: a machine that is slow, or busy with other things, is no fault, and what hangs still fails.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'unit', include: ['tests/**/*.test.ts'] } },
      { extends: true, test: { name: 'interop', include: ['interop/**/*.test.ts'] } },
      // What takes minutes, or libraries that only `make matrix` fetches.
      { extends: true, test: { name: 'matrix', include: ['interop/**/*.matrix.ts'], testTimeout: 120_000 } },
    ],
  },
});
