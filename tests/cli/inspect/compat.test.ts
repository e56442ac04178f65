import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { bytes, toBase64 } from '../../support/bytes.js';
import { startPyodide } from '../../support/python.js';
import type { Python } from '../../support/python.js';
import { inspect } from './harness.js';
import { ODD_LISTINGS } from './odd-listings.js';

// `ops --compat` where the versions of pickletools differ; against that of a real CPython 3.14. The fixtures are compared
// in tests/pickle and, with the version of the machine's Python, in interop.

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let python: Python;

beforeAll(async () => {
  python = await startPyodide();
});
afterAll(() => python[Symbol.asyncDispose]());

test('the default is the text of the newest version', async () => {
  const answers = await python.disassemble(ODD_LISTINGS.map(([, data]) => toBase64(data)));
  for (const [index, [name, data]] of ODD_LISTINGS.entries()) {
    const answer = answers[index];
    const { stdout, code } = await inspect(['ops', '--compat', '--from', 'raw'], { stdin: data });
    if (answer !== undefined && 'text' in answer) expect([stdout, code], name).toEqual([answer.text, 0]);
    else expect(code, `${name}: ${JSON.stringify(answer)}`).toBe(2);
  }
});

test.each([
  ['3.10', false, false],
  ['3.11.9', false, false],
  ['3.12.7', false, false],
  ['3.12.8', true, false],
  ['3.12', true, false],
  ['3.13.0', false, false],
  ['3.13.1', true, false],
  ['3.13', true, false],
  ['3.14.0rc1', true, true],
])('%s: a str of Python 2 escaped: %s, a memo entry stored twice: %s', async (version, escapes, redefines) => {
  const text = await inspect(['ops', '--compat', '--python', version], { stdin: bytes('U\x01\xe9.') });
  expect(text.stdout.split('\n')[0]).toBe(`    0: U    SHORT_BINSTRING '${escapes ? '\\xe9' : 'é'}'`);
  const twice = await inspect(['ops', '--compat', '--python', version], { stdin: bytes('Nq\x00q\x00.') });
  expect(twice.code).toBe(redefines ? 0 : 2);
});

test.each(['3.9', '3.15', '2.7', '3', '3.100', '4.10', 'three'])(
  'knows no pickletools of %s, and says which',
  async (version) => {
    const { code, stderr } = await inspect(['ops', '--compat', '--python', version], { stdin: bytes('N.') });
    expect([code, stderr]).toEqual([4, expect.stringContaining('must be a CPython from 3.10 to 3.14')]);
  },
);

test('a listing that open marks would indent without end ends, and says so', async () => {
  const {
    code,
    stderr,
    bytes: output,
  } = await inspect(['ops', '--compat'], { stdin: bytes('('.repeat(200_000), '.') });
  expect([code, stderr]).toEqual([3, expect.stringMatching(/open marks indent it too far/)]);
  expect(output.length).toBeLessThan(2 ** 27);
});

test('says how many pickles it leaves out', async () => {
  const one = 'K\x01.';
  const run = await inspect(['ops', '--compat'], { stdin: bytes('\x80\x04', one, '\x80\x02', one, '\x80\x03', one) });
  expect(run.stderr).toBe('pickle-inspect: 2 more messages follow, which --compat does not show\n');
  const second = await inspect(['ops', '--compat', '--message', '2'], {
    stdin: bytes('\x80\x04', one, '\x80\x02', one, '\x80\x03', one),
  });
  expect([second.stdout.split('\n')[0], second.stderr]).toEqual(['    0: \\x80 PROTO      2', '']);
});
