import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  findingRows,
  hexRows,
  matching,
  opRows,
  stackText,
  treeRows,
} from '../../../src/cli/inspect/html/page/page.js';
import { inspect as inspectTexts } from '../../../src/cli/lang/en/inspect.js';
import type { ReportMessage } from '../../../src/cli/inspect/html/report.js';
import { bytes } from '../../support/bytes.js';
import { inspect } from './harness.js';
import { FILES } from './samples.js';

// What the page of a report shows, without a browser. How it behaves in one: tests/cli/browser.

function script(page: string): string {
  const found = /<script type="module">([^]*)<\/script>\n<\/body>/.exec(page)?.[1];
  if (found === undefined) throw new Error('the page has no script');
  return found;
}

async function report(
  stdin: Uint8Array,
  ...args: readonly string[]
): Promise<{ page: string; message: ReportMessage }> {
  const { stdout: page } = await inspect(['html', ...args], { stdin });
  const json = /<script type="application\/json" id="data">(.*)<\/script>/.exec(page)?.[1] ?? '';
  const { messages } = JSON.parse(json) as { readonly messages: readonly ReportMessage[] };
  const [message] = messages;
  if (message === undefined) throw new Error('the report has no message');
  return { page, message };
}

const PAIR = bytes(0x80, 4, '(K\x01', 0x8c, 1, 'a', 't.');

const { words } = inspectTexts.page;

type Rows = ReturnType<typeof treeRows>;
const textOf = (rows: Rows): string[] =>
  rows.map(({ parts }) => parts.map((part) => ('piece' in part ? part.piece[1] : part[1])).join(''));

test('the policy names the script of the page by its hash, and the script is the file', async () => {
  const { page } = await report(PAIR);
  const file = readFileSync(new URL('../../../src/cli/inspect/html/page/page.js', import.meta.url), 'utf8');
  expect(script(page)).toBe(`${file}\nstart(document);\n`);
  const hash = createHash('sha256').update(script(page)).digest('base64');
  expect(page).toContain(`script-src 'sha256-${hash}'`);
  // Neither file may end the element that it stands in.
  expect(page.match(/<\/script/g)).toHaveLength(2);
  expect(page.match(/<\/style/g)).toHaveLength(1);
});

test('every element that the script asks for is in the page', async () => {
  const { page } = await report(PAIR);
  const ids = [...script(page).matchAll(/byId\('(\w+)'\)/g), ...script(page).matchAll(/^ {2}\['(\w+)', \w+Rows\]/gm)];
  expect(ids.length).toBeGreaterThan(10);
  for (const [, id = ''] of ids) expect(page).toContain(`id="${id}"`);
});

test('the rows of a message', async () => {
  const { message } = await report(PAIR);
  expect(textOf(treeRows(message, words))).toEqual(['$  (2 parts) tuple @2', '  0  1 int @3', "  1  'a' str @5"]);
  expect(textOf(opRows(message, words))[2]).toBe('     3  BININT1           1  $[0]');
  expect(textOf(hexRows(message, words))).toEqual(['000000  8004284b018c0161742e']);
  expect(textOf(findingRows(message, words))).toEqual(['none']);
  expect(stackText(message.ops[3] ?? expect.fail(), words)).toBe("after SHORT_BINUNICODE @5: stack of 2  … 1  |  'a'");
});

test('what is left out is counted in the last row', async () => {
  const list = bytes(0x80, 4, '](', 'K\x01'.repeat(50), 'e.');
  const { message } = await report(list, '--max-rows', '10', '--max-hex', '20');
  expect(textOf(treeRows(message, words)).at(-1)).toBe('… more values, not in this report');
  expect(textOf(opRows(message, words)).at(-1)).toBe('… 45 more opcodes');
  expect(textOf(hexRows(message, words)).slice(1)).toEqual(['000010  4b014b01', '… 86 more bytes']);
});

test('hovering a value finds its opcodes and bytes, and a byte the value around it', async () => {
  const { message } = await report(PAIR);
  const cells = hexRows(message, words).flatMap(({ parts }) =>
    parts.flatMap((part) => ('piece' in part ? [part] : [])),
  );
  expect(matching(cells, 5, 8).map(({ piece }) => piece[1])).toEqual(['8c', '01', '61']);
  const values = message.tree.map(([, label, , , start, end]) => ({ label, start, end }));
  expect(matching(values, 6, 7).map(({ label }) => label)).toEqual(['1']);
  expect(matching(values, 2, 3).map(({ label }) => label)).toEqual(['$']);
  expect(matching(values, 0, 1)).toEqual([]);
});

test('a finding stands for the byte that it is about', async () => {
  const { message } = await report(FILES['evil.pkl'] as Uint8Array);
  const rows = findingRows(message, words);
  const at = message.findings.findIndex(({ code }) => code === 'P101');
  const offset = message.findings[at]?.offset ?? expect.fail();
  expect(rows[at]).toMatchObject({ className: 'row refuse', start: offset, end: offset + 1 });
  expect(textOf(rows)[at]).toContain('refuse P101 Dangerous name');
});
