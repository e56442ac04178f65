import { describe, expect, test } from 'vitest';
import { hostileCases } from '../../pickle/hostile-cases.js';
import type { HostileCase } from '../../pickle/hostile-cases.js';
import { inspect } from './harness.js';

// Every hostile row of the codec's table through every command: an exit code as documented, no stack trace, no hang.

const COMMANDS: readonly (readonly string[])[] = [
  ['show'],
  ['show', '--no-vnpy', '--all'],
  ['ops'],
  ['hex'],
  ['json'],
  ['json', '--mode', 'typed'],
  ['py'],
  ['js'],
  ['check'],
  ['stats'],
  ['lint'],
  ['html'],
  ['select', '$'],
];
/** For rows of a megabyte: the commands that a person tries first. */
const FIRST_COMMANDS: readonly (readonly string[])[] = [['show'], ['check'], ['json']];
const LARGE = 100_000;

/** What the inspector shows although `loads` refuses: it has no registry and no program behind it to ask. */
const SHOWN_THOUGH_REFUSED: readonly (readonly [error: string, name: RegExp])[] = [
  ['LIMIT_DIGITS', /^LONG4 of 1 MB/],
  ['LIMIT_MEMO', /./],
  ['LIMIT_TEXT', /./],
  ['LIMIT_OPCODES', /./],
  ['LIMIT_BYTES', /./],
  ['UNKNOWN_EXTENSION', /^EXT\d unknown/],
  ['BUILD_TARGET', /class/],
  ['BAD_STATE', /./],
  ['PERSISTENT_ID', /./],
  // Of a file, what follows STOP is the next message.
  ['TRAILING_BYTES', /./],
];

const rows = Object.values(hostileCases).flat();
const dataOf = (row: HostileCase): Uint8Array => (typeof row.data === 'function' ? row.data() : row.data);
const isShown = (row: HostileCase): boolean =>
  SHOWN_THOUGH_REFUSED.some(([error, name]) => error === row.error && name.test(row.name));

describe.each(Object.entries(hostileCases))('%s', (_group, cases) => {
  test.each(cases.map((row) => [row.name, row] as const))('%s', async (_name, row) => {
    const data = dataOf(row);
    for (const command of data.length > LARGE ? FIRST_COMMANDS : COMMANDS) {
      const { code, stderr, stdout } = await inspect([...command, '--from', 'raw'], { stdin: data });
      const label = command.join(' ');
      expect(code, label).toBeLessThanOrEqual(3);
      expect(stderr, label).not.toMatch(/internal error|\n\s+at /);
      // Controls of the data never reach the output raw, whatever the row holds.
      // eslint-disable-next-line no-control-regex -- that is what is looked for
      expect(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]/.test(stdout), label).toBe(false);
    }
  });
});

describe('damage is damage', () => {
  const refused = rows.filter((row) => row.error !== undefined && row.options === undefined && !isShown(row));

  test.each(refused.map((row) => [row.name, row] as const))('show and check do not pass: %s', async (_name, row) => {
    const data = dataOf(row);
    expect((await inspect(['show', '--from', 'raw'], { stdin: data })).code).toBeGreaterThanOrEqual(2);
    expect((await inspect(['check', '--from', 'raw'], { stdin: data })).code).toBeGreaterThan(0);
  });

  const accepted = rows.filter((row) => row.error === undefined && row.options === undefined);

  test.each(accepted.map((row) => [row.name, row] as const))('show takes what loads takes: %s', async (_name, row) => {
    expect((await inspect(['show', '--from', 'raw'], { stdin: dataOf(row) })).code).toBe(0);
  });
});

describe('work is bounded by the input', () => {
  const large = rows.filter((row) => typeof row.data === 'function');

  test.each(large.map((row) => [row.name, row] as const))('%s', async (_name, row) => {
    const data = dataOf(row);
    const before = process.cpuUsage();
    await inspect(['show', '--from', 'raw'], { stdin: data });
    const { user } = process.cpuUsage(before);
    // Time of the processor, so that a busy machine does not matter; a second, and as much again for garbage and JIT.
    expect(user / 1000).toBeLessThan(2000);
  });
});
