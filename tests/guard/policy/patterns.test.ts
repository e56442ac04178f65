import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePattern, compilePatterns, isWildcard, literalOf } from '../../../src/guard/policy/patterns.js';

const table: readonly (readonly [pattern: string, text: string, matches: boolean])[] = [
  ['rb2705.SHFE', 'rb2705.SHFE', true],
  ['rb2705.SHFE', 'rb2705.SHFE2', false],
  ['rb2705.SHFE', 'RB2705.SHFE', false],
  ['*.SHFE', 'rb2705.SHFE', true],
  ['*.SHFE', '.SHFE', true],
  ['*.SHFE', 'rb2705.SHFE.X', false],
  ['IF*', 'IFX2706.CFFEX', true],
  ['au*.SHFE', 'au2706.SHFE', true],
  ['au*.SHFE', 'au2706.DCE', false],
  ['*', '', true],
  ['', '', true],
  ['', 'x', false],
  ['a*a', 'a', false],
  ['a*a', 'aa', true],
  ['a*bb*b', 'abbb', true],
  ['a*bb*b', 'abb', false],
  ['*a*b*', 'xbxaxb', true],
  ['*a*b*', 'xbxa', false],
  ['a.c', 'abc', false],
  ['[ab]', 'a', false],
  ['a?', 'ab', false],
  ['a**b', 'ab', true],
  ['a\\*b', 'a*b', true],
  ['a\\*b', 'axb', false],
  ['a\\b', 'a\\b', true],
  ['期货*', '期货公司', true],
];

test.each(table)('the pattern %j and the text %j', (pattern, text, matches) => {
  expect(compilePattern(pattern).matches(text)).toBe(matches);
  expect(compilePatterns([pattern]).matches(text)).toBe(matches);
});

test('a list matches what one of its patterns matches, and an empty one nothing', () => {
  expect(compilePatterns(['a', 'b*']).matches('bx')).toBe(true);
  expect(compilePatterns(['a', 'b*']).matches('c')).toBe(false);
  expect(compilePatterns([]).matches('')).toBe(false);
});

test('a star that is written as such is no wildcard', () => {
  expect([isWildcard('a\\*'), isWildcard('a*'), literalOf('a\\*')]).toEqual([false, true, 'a*']);
});

/** Every way to divide the text: slow, and plainly right. */
function naive(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern.startsWith('*')) {
    for (let at = 0; at <= text.length; at++) if (naive(pattern.slice(1), text.slice(at))) return true;
    return false;
  }
  return text !== '' && pattern.startsWith(text.charAt(0)) && naive(pattern.slice(1), text.slice(1));
}

test('a pattern matches what trying every division matches', () => {
  const unit = fc.constantFrom('a', 'b', '*');
  fc.assert(
    fc.property(
      fc.string({ unit, maxLength: 7 }),
      fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 9 }),
      (pattern, text) => {
        expect(compilePattern(pattern).matches(text)).toBe(naive(pattern, text));
      },
    ),
    { numRuns: 3000 },
  );
});

describe('patterns that take a RegExp minutes', () => {
  test.each([8, 60])('%d stars on many characters', (stars) => {
    const matcher = compilePattern(`${'*a'.repeat(stars)}*b`);
    // 1,000 times: what grows with the power of the stars would not end.
    for (let round = 0; round < 1000; round++) expect(matcher.matches('a'.repeat(60))).toBe(false);
    expect(matcher.matches(`${'a'.repeat(60)}b`)).toBe(true);
  });
});
