import { describe, expect, test } from 'vitest';
import { bytes, little } from '../../support/bytes.js';
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

const dataOf = (row: HostileCase): Uint8Array => (typeof row.data === 'function' ? row.data() : row.data);
const isShown = (row: HostileCase): boolean =>
  SHOWN_THOUGH_REFUSED.some(([error, name]) => error === row.error && name.test(row.name));

test('a text that is almost a Fraction is told apart in linear time', async () => {
  const text = `1/${'1'.repeat(300_000)}x`;
  const data = bytes(0x80, 4, 'cfractions\nFraction\nX', little(text.length, 4), text, 0x85, 'R.');
  expect((await inspect(['check'], { stdin: data })).stdout).toContain('Fraction');
}, 5000);

/** What the exit codes of `show` and of `check` must be: damage does not pass, and what `loads` takes does. */
function expectedCodes(row: HostileCase): { readonly show: unknown; readonly check: unknown } {
  if (row.options === undefined && row.error === undefined) return { show: 0, check: expect.any(Number) };
  if (row.options === undefined && !isShown(row))
    return { show: expect.toBeOneOf([2, 3]), check: expect.toBeOneOf([1, 2, 3]) };

  return { show: expect.any(Number), check: expect.any(Number) };
}

describe.each(Object.entries(hostileCases))('%s', (_group, cases) => {
  test.each(cases.map((row) => [row.name, row] as const))('%s', async (_name, row) => {
    const data = dataOf(row);
    const codes: Record<string, number> = {};
    for (const command of data.length > LARGE ? FIRST_COMMANDS : COMMANDS) {
      const { code, stderr, stdout } = await inspect([...command, '--from', 'raw'], { stdin: data });
      const label = command.join(' ');
      codes[label] = code;
      expect(code, label).toBeLessThanOrEqual(3);
      expect(stderr, label).not.toMatch(/internal error|\n\s+at /);
      // Controls of the data never reach the output raw, whatever the row holds.
      // eslint-disable-next-line no-control-regex -- that is what is looked for
      expect(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]/.test(stdout), label).toBe(false);
    }
    expect(codes).toMatchObject(expectedCodes(row));
  });
});

describe('what is not listed is told', () => {
  test('of a kind of finding a thousand are kept, the rest counted', async () => {
    const frame = `\x95${'\0'.repeat(8)}`;
    const { stdout } = await inspect(['check', '--format', 'json'], {
      stdin: bytes('\x80\x04', frame.repeat(1500), 'N.'),
    });
    const { findings } = JSON.parse(stdout) as { findings: { code: string; message: string }[] };
    const empty = findings.filter(({ code }) => code === 'L406');
    expect([empty.length, empty.at(-1)?.message]).toEqual([1001, 'and 500 more of this kind, which are not listed']);
  });

  test('hex shows the start of what could not be read, and with --range any of it', async () => {
    const data = bytes('\x80\x04\xff', 'x'.repeat(10_000));
    const { stdout, code } = await inspect(['hex', '--from', 'raw'], { stdin: data });
    expect([code, stdout]).toEqual([
      2,
      expect.stringContaining('5905 more bytes were not read (--range 4098- shows them)'),
    ]);
    const rest = await inspect(['hex', '--from', 'raw', '--range', '4098-'], { stdin: data });
    expect(rest.stdout).toContain('002710');
  });

  test('a pickle that was not read to its end is not written again', async () => {
    const { code, stderr, stdout } = await inspect(['repack', '--max-depth', '5', '--from', 'raw'], {
      stdin: bytes(']'.repeat(10), 'a'.repeat(9), '.'),
    });
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain('cannot be written again: values are nested more than 5 deep');
  });
});

test('what thousands of calls make of the same bytes is made once, and cut in every view', async () => {
  const size = 300_000;
  const data = bytes(
    0x80,
    4,
    'cbuiltins\nbytearray\nq\x00B',
    little(size, 4),
    'a'.repeat(size),
    '\x85q\x010](',
    'h\x00h\x01R'.repeat(3000),
    'e.',
  );
  for (const [command, code] of [
    ['show', 0],
    ['check', 0],
    ['html', 0],
  ] as const) {
    const result = await inspect([command, '--from', 'raw'], { stdin: data });
    expect(result.code, command).toBe(code);
    expect(result.stdout.length, command).toBeLessThan(2_000_000);
  }
});

test.each([
  ['the longest timedelta', 'cdatetime\ntimedelta\n(J\x01\x36\x65\xc4K\x00K\x00tR.', 0, '-999999999 days, 0:00:00'],
  [
    'a timedelta that is longer by a second',
    'cdatetime\ntimedelta\n(J\x01\x36\x65\xc4J\xff\xff\xff\xffK\x00tR.',
    0,
    'timedelta()',
  ],
  ['an offset of pytz', 'cpytz\n_FixedOffset\n(K\x5atR.', 0, '_FixedOffset'],
  ['an offset of pytz that no zone has', 'cpytz\n_FixedOffset\n(J\xff\xff\xff\x7ftR.', 0, '_FixedOffset'],
  ['a zone of pytz', 'cpytz\n_p\n(X\x03\x00\x00\x00CETM\x10\x0eK\x00X\x03\x00\x00\x00CETtR.', 0, 'CET +01:00'],
  [
    'a zone of pytz of years',
    'cpytz\n_p\n(X\x03\x00\x00\x00CETJ\xff\xff\xff\x7fK\x00X\x03\x00\x00\x00CETtR.',
    0,
    "'CET'",
  ],
])('a time that is at or beyond its limits: %s', async (_, data, code, seen) => {
  const result = await inspect(['show', '--from', 'raw'], { stdin: bytes(data) });
  expect([result.code, result.stdout]).toEqual([code, expect.stringContaining(seen)]);
});
