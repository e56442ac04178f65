import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// The tests that need a browser: `npm run test:browser`. They are no part of `npm test`.

export default defineConfig({
  root: fileURLToPath(new URL('../../../', import.meta.url)),
  test: { name: 'browser', include: ['tests/cli/browser/*.browser.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
});
