import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build as bundleByEsbuild } from 'esbuild';
import { build as bundleByVite } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RawPublisher } from '../support/raw-publisher.js';

// What is bundled is what was built: this needs a build.

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'vnpy-bridge-bundle-'));

// It receives, computes while more comes in, prints what it got, and ends by itself once all is closed.
const PROGRAM = `
  import { SubThread } from ${JSON.stringify(join(root, 'build/esm/zmtp/index.js'))};
  const notices = [];
  const topics = [];
  const thread = new SubThread({ receiveHighWaterMark: 1000, notice: (text) => notices.push(text) });
  const sub = thread.connectSub(
    {
      endpoint: { transport: 'tcp', host: '127.0.0.1', port: Number(process.argv[2]) },
      security: { mechanism: 'NULL' }, connectTimeout: 10000, ping: { interval: Infinity, timeout: Infinity },
    },
    {
      opened: () => undefined,
      message: ([topic]) => topics.push(Buffer.from(topic).toString()),
      closed: ({ error }) => {
        thread.close();
        console.log(JSON.stringify({ topics, notices, received: thread.received, code: error.code }));
      },
    },
  );
  sub.subscribe(Buffer.from('t'));
`;

let publisher: RawPublisher;

beforeAll(async () => {
  writeFileSync(join(folder, 'program.mjs'), PROGRAM);
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  publisher = await RawPublisher.listen({
    heard: () => {
      publisher.publish(Buffer.from('t1'), Buffer.alloc(1000));
      publisher.publish(Buffer.from('t2'), Buffer.alloc(10_000_000));
      publisher.hangUp();
    },
  });
});

afterAll(() => {
  publisher.close();
  rmSync(folder, { recursive: true, force: true });
});

const entry = join(folder, 'program.mjs');

test.each([
  ['by itself', () => Promise.resolve(entry)],
  ...(['cjs', 'esm'] as const).map((format): [string, () => Promise<string>] => [
    `bundled by esbuild as ${format}`,
    async () => {
      const outfile = join(folder, format === 'cjs' ? 'esbuild.cjs' : 'esbuild.mjs');
      await bundleByEsbuild({ entryPoints: [entry], bundle: true, platform: 'node', format, outfile, minify: true });
      return outfile;
    },
  ]),
  [
    'bundled by Vite',
    async () => {
      const outDir = join(folder, 'vite');
      await bundleByVite({
        root: folder,
        configFile: false,
        logLevel: 'error',
        ssr: { noExternal: true },
        build: { ssr: entry, outDir, minify: true },
      });
      return join(outDir, 'program.mjs');
    },
  ],
])('a program receives through the thread, %s, and ends', async (_name, bundle) => {
  const file = await bundle();
  const { stdout, stderr } = await run(process.execPath, [file, String(publisher.port)], { cwd: folder });
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({ topics: ['t1', 't2'], notices: [], received: 2, code: 'CLOSED' });
});
