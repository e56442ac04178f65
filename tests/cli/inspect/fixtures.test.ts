import { describe, expect, test } from 'vitest';
import { dumps, loads } from 'vnpy-bridge/pickle';
import * as pickle from 'vnpy-bridge/pickle';
import * as vnpy from 'vnpy-bridge/vnpy';
import { fromBase64 } from '../../support/bytes.js';
import { readPickleFixtures } from '../../support/pickle-fixtures.js';
import type { PickleFixture } from '../../support/pickle-fixtures.js';
import { inspect } from './harness.js';

// Every pickle that a real CPython wrote, through the inspector. One test a case: a case is many pickles.

const byCase = new Map<string, PickleFixture[]>();
for (const fixture of readPickleFixtures()) {
  const list = byCase.get(fixture.case) ?? [];
  list.push(fixture);
  byCase.set(fixture.case, list);
}

/** Rows that no unpickler takes without being told more: buffers, an encoding. */
function isWhole(fixture: PickleFixture): boolean {
  return fixture.buffers.length === 0 && !needsEncoding(fixture);
}

/** Whether a str of Python 2 holds more than ASCII: CPython asks for an encoding. */
function needsEncoding(fixture: PickleFixture): boolean {
  try {
    loads(fixture.data, { buffers: fixture.buffers.map((buffer) => fromBase64(buffer.slice(2))) });
    return false;
  } catch {
    return true;
  }
}

/** Values of the standard library that name no class of a program's own. */
const DATA =
  /^(?:none|true|false|bool|int-(?!subclass)|ints|float(?!-subclass)|floats|str-|bytes|bytearray|list-(?!subclass)|tuple-(?!subclass)|dict-(?!subclass)|set$|set-(?!subclass)|frozenset|complex|date|datetime|time|timedelta|timezone|zoneinfo|decimal|fraction|uuid|range|slice|counter|deque|defaultdict|ordereddict|ipaddress|path|ellipsis|array|pytz|dateutil|shared-(?!many)|cycle-(?:list|dict|tuple))/;

describe.each([...byCase])('%s', (name, fixtures) => {
  // Of the pickles of one protocol, of which Pythons have written several, the last stands for all.
  const ofProtocols = [...new Map(fixtures.map((fixture) => [fixture.protocol, fixture])).values()];

  test('every command reads it', async () => {
    for (const fixture of fixtures) {
      const args = fixture.by.includes('2.7') ? ['--encoding', 'latin1'] : [];
      // The oldest protocol and the newest go through all commands.
      const all = fixture === ofProtocols[0] || fixture === ofProtocols.at(-1);
      for (const command of all ? ['show', 'json', 'py', 'js', 'hex', 'ops', 'stats', 'lint'] : ['show']) {
        // Written out, this one is a bomb.
        if (command === 'json' && name === 'shared-deep') continue;
        const run = await inspect([command, ...args], { stdin: fixture.data });
        expect(run.code, `${command} ${fixture.title}: ${run.stderr}`).toBe(fixture.buffers.length > 0 ? 2 : 0);
      }
    }
  });

  test('typed JSON and pack lead back to an equal pickle', async () => {
    for (const fixture of ofProtocols.filter(isWhole)) {
      const json = await inspect(['json', '--mode', 'typed'], { stdin: fixture.data });
      // Other protocols write some values as calls.
      const packed = await inspect(['pack', '--protocol', String(fixture.protocol)], { stdin: json.stdout });
      // The setter's call is made for what it does, and is no part of the value.
      const lacks = name === 'state-setter' && json.stdout.includes('"lost"');
      expect(packed.code, `${fixture.title}: ${packed.stderr}`).toBe(lacks ? 2 : 0);
      expect(packed.stderr).toMatch(
        lacks ? /the pickle is not what it was: .* lacks the call of REDUCE at byte \d+/ : /^$/,
      );
      const again = await inspect(['json', '--mode', 'typed'], { stdin: packed.bytes });
      // A str of Python 2 comes back as a str, as the document on typed JSON says.
      if (!json.stdout.includes('"$py": "str2"'))
        expect(valueOf(again.stdout), fixture.title).toEqual(valueOf(json.stdout));
      // The setter's call is no part of the value; the sign of a NaN is lost; the numbers of copyreg's registry are only
      // known where they were given.
      if (json.stdout.includes('"$py": "ext"') || name === 'state-setter' || name === 'float-nan') continue;
      expect(same(packed.bytes, fixture.data), fixture.title).toBe(true);
    }
  });

  test('repack says the same in every protocol', async () => {
    for (const fixture of ofProtocols.filter(isWhole)) {
      for (const args of [['--optimize'], ['--protocol', '2'], ['--protocol', '5', '--optimize']]) {
        const run = await inspect(['repack', ...args], { stdin: fixture.data });
        // The command compares; what it cannot write it says.
        if (run.code === 2 && /cannot|extension/.test(run.stderr)) continue;
        expect(run.code, `${args.join(' ')} ${fixture.title}: ${run.stderr}`).toBe(0);
      }
    }
  });

  if (name.startsWith('vnpy-')) {
    test('check allows it under the profile vnpy', async () => {
      for (const fixture of fixtures) {
        const run = await inspect(['check'], { stdin: fixture.data });
        expect(run.code, `${fixture.title}: ${run.stdout}`).toBe(0);
      }
    });
  }

  if (DATA.test(name)) {
    test('check allows it under the profile data', async () => {
      for (const fixture of fixtures.filter(isWhole)) {
        const run = await inspect(['check', '--profile', 'data'], { stdin: fixture.data });
        expect(run.code, `${fixture.title}: ${run.stdout}`).toBe(0);
      }
    });
  }
});

function valueOf(json: string): unknown {
  return (JSON.parse(json) as { readonly value: unknown }).value;
}

/** Whether two pickles say the same: written by one writer, equal bytes are equal values, types and sharing. */
function same(a: Uint8Array, b: Uint8Array): boolean {
  const [first, second] = [a, b].map((data) => dumps(loads(data, { lossless: true }), { protocol: 5 }));
  return first !== undefined && second !== undefined && Buffer.compare(first, second) === 0;
}

describe('pack', () => {
  const CODES = '[{"$py": "ext", "code": 7}, {"$py": "ext", "code": 300}, {"$py": "ext", "code": 70000}]';

  test('writes extension codes in 1, 2 and 4 bytes', async () => {
    const { bytes } = await inspect(['pack', '--protocol', '2'], { stdin: CODES });
    const { stdout } = await inspect(['ops', '--compat'], { stdin: bytes });
    expect(stdout.match(/EXT\d +\d+/g)).toEqual(['EXT1       7', 'EXT2       300', 'EXT4       70000']);
  });

  test.each([
    [['--protocol', '1'], CODES, 'the extension code 7 needs protocol 2 or later, not 1'],
    [[], '{"$py": "ext", "code": 0}', 'the extension code 0 is none from 1 to 2147483647'],
  ])('refuses the code with %j: %s', async (args, stdin, message) => {
    const { code, stderr } = await inspect(['pack', ...args], { stdin });
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('js', () => {
  // The code is plain: evaluated with this package's names it makes what `loads` gives.
  // (A literal has no identity for bytes, and one NaN.)
  const plain = [...byCase].filter(([name]) => DATA.test(name) && !/pytz|dateutil|nan|bytes-shared/.test(name));

  test.each(plain)('evaluates to the value: %s', async (_name, fixtures) => {
    for (const fixture of fixtures.filter(isWhole)) {
      const { stdout } = await inspect(['js'], { stdin: fixture.data });
      const body = stdout.replace(/^import .*$/gm, '').replace('export const value =', 'return');
      const names = { ...pickle, ...vnpy };
      // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the code under test is what is evaluated
      const evaluate = new Function(...Object.keys(names), body) as (...values: unknown[]) => unknown;
      const made = evaluate(...Object.values(names));
      // What JavaScript has no class for stays a call, which `loads` then makes.
      expect(same(dumps(made), dumps(loads(fixture.data))), fixture.title).toBe(true);
    }
  });
});
