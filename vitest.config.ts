import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { threadSourcePlugin } from './scripts/thread-source.mjs';

const source = (path: string): string => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

/** Where `make apps` installs vnpy's applications. */
const APPS = { VNPY_BRIDGE_VENVS: JSON.stringify({ '4.5': '.venv-apps', '4.4': '.venv-apps-4.4' }) };

/** What the long runs set, by Vitest's `--mode`: npm scripts that set variables themselves run in no shell of Windows. */
const ENVIRONMENTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  soak: { SOAK: 'full' },
  budget: { BUDGET: 'full' },
  apps: APPS,
  'soak-apps': { ...APPS, SOAK: 'full' },
  fuzz: { FUZZ_SECONDS: process.env['FUZZ_SECONDS'] ?? '300' },
};

/**
 * On two cores Vitest would leave one idle. Interop tests start processes of their own, which need it.
 * Projects that run together must agree: Vitest refuses two numbers of workers in one run.
 */
const WORKERS = Math.max(2, availableParallelism() - 1);

export default defineConfig(({ mode }) => ({
  plugins: [threadSourcePlugin()],
  resolve: {
    alias: [
      { find: /^vnpy-bridge\/(pickle|rpc|vnpy|guard|web|cluster)$/, replacement: source('$1/index.ts') },
      { find: /^vnpy-bridge\/vnpy\/data$/, replacement: source('vnpy/data/public.ts') },
      { find: /^vnpy-bridge\/vnpy\/apps$/, replacement: source('vnpy/apps/index.ts') },
      { find: /^vnpy-bridge\/testing$/, replacement: source('testing/index.ts') },
      { find: /^vnpy-bridge$/, replacement: source('index.ts') },
    ],
  },
  test: {
    env: ENVIRONMENTS[mode] ?? {},
    // Native sockets are owned by a process: forks keep one test file's sockets away from another's.
    pool: 'forks',
    // Not Vitest's five seconds: a machine that is slow, or busy with other things, is no fault, and what hangs still fails.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text-summary', 'html', 'lcov'],
      reportsDirectory: 'coverage',
    },
    projects: [
      { extends: true, test: { name: 'unit', include: ['tests/**/*.test.ts'], maxWorkers: WORKERS } },
      // What opens sockets, on the second transport.
      {
        extends: true,
        test: {
          name: 'zeromq',
          maxWorkers: WORKERS,
          include: ['address', 'large-reply', 'lifecycle', 'security', 'silence', 'unresolvable', 'zmq'].map(
            (name) => `tests/rpc/${name}.test.ts`,
          ),
          setupFiles: ['tests/support/over-zeromq.ts'],
        },
      },
      { extends: true, test: { name: 'interop', include: ['interop/**/*.test.ts'] } },
      // What needs vnpy's applications: `make apps` installs them and runs these.
      { extends: true, test: { name: 'apps', include: ['interop/**/*.apps.ts'], testTimeout: 120_000 } },
      // What takes minutes, or libraries that only `make matrix` fetches.
      { extends: true, test: { name: 'matrix', include: ['interop/**/*.matrix.ts'], testTimeout: 120_000 } },
    ],
  },
}));
