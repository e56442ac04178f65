import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inspect } from './harness.js';
import { FILES } from './samples.js';

// Every line is a command; its transcript (command, output, errors, exit code) is a file of tests/cli/golden/inspect.
// After an intended change: npx vitest run --project unit tests/cli/inspect/transcripts.test.ts -u, and read the diff.

const COMMANDS: readonly (readonly [name: string, ...args: readonly string[]])[] = [
  ['help', '--help'],
  ['help-show', 'show', '--help'],
  ['help-check', 'check', '--help'],
  ['version', '--version'],
  ['options', 'options'],
  ['explain', 'explain', 'REDUCE', '0x95', 'P101'],
  ['explain-all', 'explain'],
  ['explain-unknown', 'explain', 'NOPE'],
  ['usage-unknown-option', 'show', '--nope', 'tick.pkl'],
  ['usage-unknown-profile', 'check', '--profile', 'all', 'tick.pkl'],
  ['missing-file', 'show', 'nowhere.pkl', 'two.pkl'],
  ['show-tick', 'tick.pkl'],
  ['show-order', 'show', 'order.pkl'],
  ['show-request', 'show', 'request.pkl'],
  ['show-raw', 'show', '--no-vnpy', 'order.pkl'],
  ['show-plain', 'show', '--no-types', '--no-offsets', '--quiet', 'cycle.pkl'],
  ['show-cycle', 'show', 'cycle.pkl'],
  ['show-two', 'show', 'two.pkl'],
  ['show-second', 'show', '--message', '2', 'two.pkl'],
  ['show-broken', 'show', 'broken.pkl'],
  ['show-evil', 'show', 'evil.pkl'],
  ['show-trailing', 'show', 'trailing.pkl'],
  ['show-terminal', 'show', 'terminal.pkl'],
  ['show-color', 'show', '--color', 'always', 'two.pkl'],
  ['show-ascii', 'show', '--ascii', '--max-items', '3', 'tick.pkl'],
  ['show-limits', 'show', '--max-items', '1', '--depth', '1', '--max-string', '4', 'order.pkl'],
  ['show-max-lines', 'show', '--max-lines', '5', 'order.pkl'],
  ['show-hex', '--hex', '80 04 4b 2a 2e'],
  ['show-base64', '--base64', 'gARLKi4='],
  ['show-repr', '--repr', "b'\\x80\\x04K*.'"],
  ['show-gzip', 'show', '--max-items', '2', 'tick.pkl.gz'],
  ['show-text', 'show', 'notes.txt'],
  ['show-npy', 'show', 'array.npy'],
  ['show-wire', 'show', '--max-items', '2', '--depth', '2', 'wire.jsonl'],
  ['show-grep', 'show', '--grep', 'heart', 'wire.jsonl'],
  ['ops-two', 'ops', 'two.pkl'],
  ['ops-order', 'ops', 'order.pkl'],
  ['ops-annotated', 'ops', '--annotate', '--no-path', '--no-bytes', 'evil.pkl'],
  ['ops-only', 'ops', '--only', 'STACK_GLOBAL,REDUCE', 'order.pkl'],
  ['ops-only-unknown', 'ops', '--only', 'CALL', 'order.pkl'],
  ['ops-range', 'ops', '--range', '40-70', 'order.pkl'],
  ['ops-broken', 'ops', 'broken.pkl'],
  ['ops-compat', 'ops', '--compat', 'evil.pkl'],
  ['ops-compat-annotated', 'ops', '--compat', '-a', 'evil.pkl'],
  ['ops-compat-two', 'ops', '--compat', 'two.pkl', 'evil.pkl'],
  ['ops-compat-python', 'ops', '--compat', 'python2.pkl'],
  ['ops-compat-python-3.13', 'ops', '--compat', '--python', '3.13', 'python2.pkl'],
  ['ops-compat-python-3.11', 'ops', '--compat', '--python', '3.11', 'python2.pkl'],
  ['ops-compat-python-bad', 'ops', '--compat', '--python', 'three', 'python2.pkl'],
  ['ops-compat-broken', 'ops', '--compat', 'trailing.pkl', 'broken.pkl'],
  ['hex-order', 'hex', 'order.pkl'],
  ['hex-broken', 'hex', 'broken.pkl'],
  ['hex-range', 'hex', '--range', '40-70', 'order.pkl'],
  ['json-plain', 'json', 'order.pkl'],
  ['json-typed', 'json', '--mode', 'typed', 'cycle.pkl'],
  ['json-ndjson', 'json', '--ndjson', 'two.pkl'],
  ['json-typed-wire', 'json', '--mode', 'typed', '--ndjson', '--message', '1', 'wire.jsonl'],
  ['json-broken', 'json', 'broken.pkl'],
  ['py-order', 'py', 'order.pkl'],
  ['py-cycle', 'py', 'cycle.pkl'],
  ['py-evil', 'py', 'evil.pkl'],
  ['js-order', 'js', 'order.pkl'],
  ['js-cycle', 'js', 'cycle.pkl'],
  ['js-evil', 'js', 'evil.pkl'],
  ['select', 'select', '$.exchange', 'order.pkl'],
  ['select-json', 'select', 'data.datetime', '--json', 'tick.pkl'],
  ['select-miss', 'select', '$.price_9', 'order.pkl'],
  ['check-tick', 'check', 'tick.pkl'],
  ['check-evil', 'check', 'evil.pkl'],
  ['check-data', 'check', '--profile', 'data', 'order.pkl'],
  ['check-allow', 'check', '--profile', 'none', '--allow', 'os.*', 'evil.pkl'],
  ['check-deny', 'check', '--deny', 'vnpy.trader.object.OrderData', 'order.pkl'],
  ['check-hidden', 'check', 'hidden.pkl'],
  ['check-zip', 'check', 'model.zip', 'renamed.zip'],
  ['check-npy', 'check', 'array.npy', 'objects.npy'],
  ['check-text', 'check', 'notes.txt'],
  ['check-no-message', 'check', '--message', '2', 'evil.pkl'],
  ['check-no-topic', 'check', '--grep', 'nosuch', 'wire.jsonl'],
  ['check-broken', 'check', 'broken.pkl'],
  ['check-json', 'check', '--format', 'json', 'evil.pkl'],
  ['check-sarif', 'check', '--format', 'sarif', 'evil.pkl', 'two.pkl'],
  ['diff', 'diff', 'a.pkl', 'b.pkl'],
  ['diff-same', 'diff', 'a.pkl', 'a.pkl'],
  ['diff-json', 'diff', '--json', '--ignore-bytes', 'a.pkl', 'b.pkl'],
  ['diff-messages', 'diff', 'two.pkl', 'trailing.pkl'],
  ['stats-order', 'stats', '--top', '4', 'order.pkl'],
  ['stats-wire', 'stats', 'wire.jsonl'],
  ['lint', 'lint', '--strict', 'lint.pkl'],
  ['lint-order', 'lint', 'order.pkl'],
];

let folder: string;
let before: string;

beforeAll(() => {
  before = process.cwd();
  folder = mkdtempSync(join(tmpdir(), 'pickle-inspect-'));
  for (const [name, content] of Object.entries(FILES)) writeFileSync(join(folder, name), content);
  // Names in a transcript are as typed: the commands run in this folder.
  process.chdir(folder);
});

afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

function typed(argument: string): string {
  return /^[\w./=,:@%+-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}

test.each(COMMANDS)('%s', async (name, ...args) => {
  const { code, stdout, stderr } = await inspect(args);
  const errors = stderr === '' ? '' : `--- stderr\n${stderr}`;
  const transcript = `$ pickle-inspect ${args.map(typed).join(' ')}\n${stdout}${errors}--- exit ${code}\n`;
  await expect(transcript).toMatchFileSnapshot(`../golden/inspect/${name}.txt`);
});

test('a transcript that no command makes is a mistake', async () => {
  const { readdirSync } = await import('node:fs');
  const files = readdirSync(new URL('../golden/inspect/', import.meta.url));
  expect(files.sort()).toEqual(COMMANDS.map(([name]) => `${name}.txt`).sort());
});
