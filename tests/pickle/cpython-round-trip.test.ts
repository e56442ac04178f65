/**
 * Every fixture through `loads` (lossless) and `dumps` at each protocol, and into a real CPython 3.14: equal in value,
 * type and sharing to what the fixture was made from.
 */
import { afterAll, beforeAll, describe, expect, vi, test } from 'vitest';
import { dumps, loads } from 'vnpy-bridge/pickle';
import { toBase64 } from '../support/bytes.js';
import { readPickleFixtures } from '../support/pickle-fixtures.js';
import type { Description, PickleFixture } from '../support/pickle-fixtures.js';
import { loadOptions, roundTrips } from '../support/round-trip.js';
import { startPyodide } from '../support/python.js';
import type { Python } from '../support/python.js';

// A busy machine takes its time over the start of a CPython and over thousands of values.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const PROTOCOLS = [0, 1, 2, 3, 4, 5];
const fixtures = readPickleFixtures();

/** What every JSON-like value is made of: the types for which CPython's bytes are reproduced exactly. */
const PLAIN = new Set(['int', 'float', 'bytes', 'list', 'tuple', 'dict', 'shared', 'ref']);

function isPlain(description: Description): boolean {
  if (!Array.isArray(description)) return true;
  const [tag, ...rest] = description as readonly Description[];
  if (typeof tag !== 'string' || !PLAIN.has(tag)) return false;
  return tag === 'dict'
    ? (rest[0] as readonly (readonly Description[])[]).flat().every(isPlain)
    : rest.every((part) => (Array.isArray(part) && Array.isArray(part[0]) ? part.every(isPlain) : isPlain(part)));
}

describe('a real CPython 3.14', () => {
  let python: Python;
  let known: ReadonlySet<string>;
  beforeAll(async () => {
    python = await startPyodide();
    known = new Set(await python.names());
  });
  afterAll(() => python[Symbol.asyncDispose]());

  test('loads every fixture, written again at every protocol, to the value that it was made from', async () => {
    const { failures, compared, cannotLoad } = await roundTrips(
      python,
      fixtures.filter((fixture) => known.has(fixture.case)),
      PROTOCOLS,
    );
    expect(failures, failures.slice(0, 10).join('\n')).toEqual([]);
    expect(compared).toBeGreaterThan(1500);
    // What this CPython cannot even load from the CPython that made it says nothing about the codec.
    expect(cannotLoad).toEqual([]);
  }, 120_000);

  test('loads what only CPython 2.7 writes', async () => {
    const python2 = fixtures.filter(({ case: name }) => name.startsWith('py2-'));
    const written = python2.flatMap((fixture) =>
      PROTOCOLS.map((protocol) => ({
        title: `${fixture.title} again at ${protocol}`,
        original: { bytes: toBase64(fixture.data), encoding: 'latin1' },
        bytes: toBase64(dumps(loads(fixture.data, { ...loadOptions(fixture), lossless: true }), { protocol })),
      })),
    );
    const answers = await python.loads(written);
    const originals = await python.loads(written.map(({ original }) => original));
    const different = written.flatMap(({ title }, index) => {
      const answer = JSON.stringify(answers[index]);
      return 'value' in (originals[index] ?? {}) && answer === JSON.stringify(originals[index])
        ? []
        : [`${title}: ${answer.slice(0, 300)}`];
    });
    expect(written.length).toBeGreaterThan(50);
    expect(different, different.slice(0, 10).join('\n')).toEqual([]);
  });

  test('finds the bytes of its own C pickler in what is written of plain values, but for memo entries that nothing uses', async () => {
    const plain = fixtures.filter(
      ({ protocol, by, value, data }) => protocol >= 2 && byNewest(by) && isPlain(value) && data.length < 100_000,
    );
    const own = plain.map(({ data, protocol }) =>
      dumps(loads(data, { lossless: true, maxDigits: 10_000 }), { protocol }),
    );
    const optimized = await python.optimize([...own, ...plain.map(({ data }) => data)].map(toBase64));
    const different: string[] = [];
    plain.forEach(({ title }, index) => {
      const mine = optimized[index];
      const theirs = optimized[plain.length + index];
      if (JSON.stringify(mine) !== JSON.stringify(theirs))
        different.push(`${title}: ${JSON.stringify([mine, theirs]).slice(0, 600)}`);
    });
    expect(plain.length).toBeGreaterThan(200);
    expect(different, different.slice(0, 5).join('\n')).toEqual([]);
  });
});

/** Made by the C pickler of CPython 3.13 or 3.14. */
function byNewest(by: PickleFixture['by']): boolean {
  return by.split(' ').some((range) => /(^|-)3\.1[34]$/.test(range));
}
