/** The examples of docs/web-api.md, run as they stand there, by curl, Python and Node.js. */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { transform } from 'esbuild';
import { expect, onTestFinished, test } from 'vitest';
import { pythonOf, repositoryRoot } from './support/index.js';
import { startWeb } from './web-support.js';

const run = promisify(execFile);

/** The blocks of one language in the chapter about orders. */
function examples(language: string, origin: string): string[] {
  const text = readFileSync(join(repositoryRoot(), 'docs', 'web-api.md'), 'utf8');
  const chapter = text.slice(text.indexOf('## Sending an order'), text.indexOf('## Routes'));
  const blocks = [...chapter.matchAll(new RegExp('```' + language + '[^\\n]*\\n([\\s\\S]*?)```', 'g'))];
  expect(blocks.length, language).toBeGreaterThan(0);
  return blocks.map(([, code = '']) => code.replaceAll('http://127.0.0.1:8787', origin));
}

test('an order by curl, by requests and by fetch', async () => {
  const web = await startWeb(['--simulate', '--rate', '5']);
  const { origin, token } = web;
  const env = { PATH: process.env['PATH'], TOKEN: token };
  const folder = mkdtempSync(join(tmpdir(), 'vnpy-bridge-examples-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const curl = await run('sh', ['-ec', examples('sh', origin).join('\n')], { env });
  expect(curl.stdout).toContain('"client_order_id":"my-order-0001"');
  expect(curl.stdout).toContain('"state":"sent"');

  const script = join(folder, 'example.py');
  writeFileSync(script, `import os\ntoken = os.environ["TOKEN"]\n${examples('python', origin).join('\n')}`);
  const python = await run(pythonOf('4.5'), [script], { env });
  expect(python.stdout).toMatch(/^201 .*'client_order_id': 'my-order-0002'/);

  const { code } = await transform(examples('ts', origin).join('\n'), { loader: 'ts', format: 'esm' });
  const program = join(folder, 'example.mjs');
  writeFileSync(program, code);
  const node = await run(process.execPath, [program], { env });
  expect(node.stdout).toMatch(/^201 .*my-order-0003/s);

  const { body } = await web.ask('GET', '/orders');
  const references = (body['data'] as readonly { readonly reference: string }[]).map(({ reference }) => reference);
  expect(references.sort()).toEqual(['my-order-0001', 'my-order-0002', 'my-order-0003']);
});
