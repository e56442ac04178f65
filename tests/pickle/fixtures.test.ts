/** Every committed pickle, made by CPython 2.7 and 3.6 to 3.14, decodes to the value that its maker described. */
import { describe, expect, vi, test } from 'vitest';
import { loads, OPCODES, tokens, UnpicklingError } from 'vnpy-bridge/pickle';
import { describeValue, withoutLossless } from '../support/describe.js';
import { oneForm, withoutNumpyTypes } from '../support/one-form.js';
import { readInterpreters, readPickleFixtures } from '../support/pickle-fixtures.js';
import type { PickleFixture } from '../support/pickle-fixtures.js';
import { loadOptions, readPython2 } from '../support/round-trip.js';

// A busy machine takes its time over the start of a CPython and over thousands of values.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const fixtures = readPickleFixtures();
const byCase = new Map<string, PickleFixture[]>();
for (const fixture of fixtures) byCase.set(fixture.case, [...(byCase.get(fixture.case) ?? []), fixture]);

/** Compares one fixture at a time, so that a failure names the pickle, and only shows the first few. */
function failures(
  chosen: readonly PickleFixture[],
  compare: (fixture: PickleFixture) => { own: unknown; expected: unknown },
): string[] {
  const found: string[] = [];
  for (const fixture of chosen) {
    try {
      const { own, expected } = compare(fixture);
      const [is, should] = [JSON.stringify(own), JSON.stringify(expected)];
      if (is !== should) found.push(`${fixture.title}: is ${is.slice(0, 400)}, should be ${should.slice(0, 400)}`);
    } catch (error) {
      found.push(`${fixture.title}: ${String(error)}`);
    }
  }
  return found.slice(0, 3);
}

describe('the fixtures', () => {
  test('come from every CPython from 2.7 and 3.6 to 3.14', () => {
    const plain = ['2.7', '3.6', '3.7', '3.8', '3.9', '3.10', '3.11.2', '3.11', '3.12', '3.13', '3.14'];
    expect(Object.keys(readInterpreters())).toEqual(expect.arrayContaining(plain));
    expect(fixtures.length).toBeGreaterThan(2000);
  });

  test('hold every opcode that a CPython can write', () => {
    const seen = new Set(fixtures.flatMap(({ data }) => [...tokens(data)].map(({ opcode }) => opcode.name)));
    // Two need more than 4 GiB of data, and no pickler writes DUP: hostile-cases.ts has these.
    const missing = OPCODES.map(({ name }) => name).filter((name) => !seen.has(name));
    expect(missing).toEqual(['DUP', 'BINUNICODE8', 'BINBYTES8']);
  });
});

describe('decodes losslessly to the value described by the CPython that wrote it', () => {
  test.each([...byCase.keys()])('%s', (name) => {
    const different = failures(byCase.get(name) ?? [], (fixture) => ({
      own: oneForm(describeValue(loads(fixture.data, { ...loadOptions(fixture), lossless: true }))),
      expected: oneForm(readPython2(fixture.value, 'latin1')),
    }));
    expect(different, different.join('\n')).toEqual([]);
  });
});

describe('decodes by default to the same without what JavaScript cannot tell apart', () => {
  test.each([...byCase.keys()])('%s', (name) => {
    const different = failures(byCase.get(name) ?? [], (fixture) => ({
      own: withoutLossless(oneForm(describeValue(loads(fixture.data, loadOptions(fixture))))),
      expected: withoutLossless(withoutNumpyTypes(oneForm(readPython2(fixture.value, 'latin1')))),
    }));
    expect(different, different.join('\n')).toEqual([]);
  });
});

describe("with dict: 'map' and view: true the value is the same", () => {
  test('for every fixture', () => {
    const different = failures(fixtures, (fixture) => ({
      own: describeValue(loads(fixture.data, { ...loadOptions(fixture), dict: 'map', view: true, lossless: true })),
      expected: describeValue(loads(fixture.data, { ...loadOptions(fixture), lossless: true })),
    }));
    expect(different, different.join('\n')).toEqual([]);
  });
});

describe('Python 2 strings', () => {
  const python2 = fixtures.filter(({ by, case: name }) => by.startsWith('2.7') && name.startsWith('py2-str'));

  test('are bytes on request', () => {
    const different = failures(python2, ({ data, value }) => ({
      own: describeValue(loads(data, { encoding: 'bytes', lossless: true })),
      expected: readPython2(value, 'bytes'),
    }));
    expect(python2.length).toBeGreaterThan(5);
    expect(different, different.join('\n')).toEqual([]);
  });

  test('that are not ASCII are refused by default, as in CPython', () => {
    const [first] = byCase.get('py2-str-gbk') ?? [];
    expect(() => loads(first?.data ?? new Uint8Array())).toThrow(UnpicklingError);
  });
});

describe('a pickle that is cut', () => {
  test('is an UnpicklingError at every length', () => {
    const small = fixtures.filter(({ data }) => data.length < 120);
    const wrong: unknown[] = [];
    for (const fixture of small) {
      for (let length = 0; length < fixture.data.length; length++) {
        try {
          loads(fixture.data.subarray(0, length), loadOptions(fixture));
          wrong.push([fixture.title, length, 'gives a value']);
        } catch (error) {
          if (!(error instanceof UnpicklingError) || error.code === 'INTERNAL')
            wrong.push([fixture.title, length, String(error)]);
        }
      }
    }
    expect(small.length).toBeGreaterThan(1000);
    expect(wrong.slice(0, 5)).toEqual([]);
  });
});
