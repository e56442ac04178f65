import { expect, test } from 'vitest';
import { bytes } from '../../support/bytes.js';
import { inspect } from './harness.js';

// Where the values of an `ops` listing stand.

async function pathsOf(data: Uint8Array): Promise<(string | undefined)[]> {
  const { stdout } = await inspect(['ops', '--quiet', '--no-bytes', '--no-memo', '--no-stack'], { stdin: data });
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => /\$\S*$/.exec(line)?.[0]);
}

test('a shared value stands where its bytes are: at its first place', async () => {
  // [[x], x] with x made inside of the inner list.
  const paths = await pathsOf(bytes('\x80\x04](](', '\x8c\x01x\x94', 'e', 'h\x00', 'e.'));
  expect(paths).toEqual([
    undefined,
    '$',
    undefined,
    '$[0]',
    undefined,
    '$[0][0]',
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test('an object stands before its parts, what is inside of a call behind its arguments', async () => {
  // Node with next=Node: the class belongs to the outer one.
  const node = '\x8c\x01m\x8c\x04Node\x93\x94)\x81}\x8c\x04next';
  const paths = await pathsOf(bytes('\x80\x04', node, 'h\x00)\x81', 'sb.'));
  expect(paths.filter((path) => path !== undefined)).toEqual([
    '$@callable',
    '$@args',
    '$',
    '$@state',
    '$.next@args',
    '$.next',
  ]);
});

test('a value nested deeper than can be written has the last steps', async () => {
  const paths = await pathsOf(bytes('\x80\x04', ']'.repeat(80), 'a'.repeat(79), '.'));
  expect(paths[1]).toBe('$');
  expect(paths[64]).toBe(`$${'[0]'.repeat(63)}`);
  expect(paths[65]).toBe(`$…${'[0]'.repeat(16)}`);
});
