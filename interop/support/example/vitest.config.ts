import { defineConfig } from 'vitest/config';

/** Runs the example on its own: support.test.ts does, to see how a failing test and an interrupted run end. */
export default defineConfig({
  test: { pool: 'forks', include: ['interop/support/example/failing.example.ts'], testTimeout: 60_000 },
});
