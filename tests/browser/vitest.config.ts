import { fileURLToPath } from 'node:url';
import { defineConfig, mergeConfig } from 'vitest/config';
import shared from '../../vitest.config.js';

// The tests that need a browser: `npm run test:browser`. They are no part of `npm test`.

const { plugins, resolve } = shared({ mode: 'test', command: 'serve' });

export default mergeConfig(
  { plugins, resolve },
  defineConfig({
    root: fileURLToPath(new URL('../../', import.meta.url)),
    test: {
      name: 'browser',
      pool: 'forks',
      include: ['tests/**/*.browser.ts'],
      testTimeout: 60_000,
      hookTimeout: 60_000,
      maxWorkers: 2,
    },
  }),
);
