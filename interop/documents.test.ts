import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { docExamples, runExample } from '../tests/support/doc-examples.js';
import type { DocExample } from '../tests/support/doc-examples.js';
import { freePort, startPeer, vnpyVersions } from './support/index.js';

// The examples of the documents that talk to a vnpy server, against a real one. What they print is checked where a comment
// says what it should be; tests/docs/documents.test.ts runs all examples against a simulated one.

// Some write files.
const folder = mkdtempSync(join(tmpdir(), 'examples-'));
const before = process.cwd();

beforeAll(() => {
  process.chdir(folder);
});

afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

const DEFAULTS = /connect\((?:'tcp:\/\/127\.0\.0\.1:2014', 'tcp:\/\/127\.0\.0\.1:4102')?\)/;
const documents = ['README.md', 'docs/guide.md'];
const clients = documents
  .flatMap(docExamples)
  .filter(({ isEndless }) => !isEndless)
  .filter(({ code }) => code.includes('new RpcGateway(') && DEFAULTS.test(code) && !code.includes('new RpcService('));

async function outcome(example: DocExample): Promise<void> {
  const printed = await runExample(example);
  expect(printed.map(({ line, printed: found }) => ({ line, found }))).toEqual(
    printed.map(({ line, expected: found }) => ({ line, found })),
  );
}

test('there are examples for a real server', () => {
  expect(clients.map(({ title }) => title.split(':')[0])).toEqual(expect.arrayContaining(documents));
});

const runs = vnpyVersions().flatMap((vnpy) => clients.map((example) => ({ vnpy, title: example.title, example })));

test.each(runs)('$title runs against vnpy $vnpy', async ({ vnpy, example }) => {
  const server = await startPeer({ script: 'vnpy_server', vnpy, args: ['--rate', '20'] });
  const { request, publish } = server.addresses;
  await outcome({ ...example, code: example.code.replace(DEFAULTS, `connect('${request}', '${publish}')`) });
});

test('the example of docs/security.md: a desk with its key is let in, one with another key is told so', async () => {
  const [example] = docExamples('docs/security.md').filter(({ code }) => code.includes('generateCurveKeyPair'));
  if (example === undefined) throw new Error('docs/security.md has no example with CURVE');
  const [reply, publish] = [await freePort(), await freePort()];
  const code = example.code
    .replaceAll('0.0.0.0', '127.0.0.1')
    .replaceAll('12014', String(reply))
    .replaceAll('14102', String(publish));
  await outcome({ ...example, code });
  const stranger = code.replace('...desk', '...(await generateCurveKeyPair())');
  expect(stranger).not.toBe(code);
  await expect(outcome({ ...example, code: stranger })).rejects.toMatchObject({ code: 'DISCONNECTED' });
});
