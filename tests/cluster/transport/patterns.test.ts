import fc from 'fast-check';
import { expect, test } from 'vitest';
import { covers, isPattern, isSubject, matches, overlap } from '../../../src/cluster/transport/patterns.js';

const TOKENS = ['a', 'b'] as const;
const SUBJECT = fc.array(fc.constantFrom(...TOKENS), { minLength: 1, maxLength: 4 }).map((tokens) => tokens.join('.'));
const PATTERN = fc
  .tuple(fc.array(fc.constantFrom(...TOKENS, '*'), { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([tokens, isOpen]) => [...tokens, ...(isOpen ? ['>'] : [])].join('.'));

/** Every subject of those tokens that is long enough to tell two patterns apart. */
const ALL = (function grow(length: number): string[] {
  const shorter = length === 1 ? [] : grow(length - 1);
  const last =
    length === 1 ? [''] : shorter.filter((each) => each.split('.').length === length - 1).map((each) => `${each}.`);
  return [...shorter, ...last.flatMap((each) => ['a', 'b', 'c'].map((token) => each + token))];
})(5);

test.each([
  ['a.b', 'a.b', true],
  ['a.*', 'a.b', true],
  ['a.*', 'a.b.c', false],
  ['a.*', 'a', false],
  ['a.>', 'a.b.c', true],
  ['a.>', 'a', false],
  ['>', 'a', true],
  ['*.b', 'a.b', true],
  ['*', 'a.b', false],
])('%s stands for %s: %s', (pattern, subject, isSo) => {
  expect(matches(pattern, subject)).toBe(isSo);
});

test('what is a subject is a pattern for itself alone', () => {
  fc.assert(
    fc.property(SUBJECT, SUBJECT, (one, two) => {
      expect(isSubject(one) && isPattern(one)).toBe(true);
      expect(matches(one, two)).toBe(one === two);
    }),
  );
});

test('patterns overlap when there is a subject of both, and cover when there is none of one alone', () => {
  fc.assert(
    fc.property(PATTERN, PATTERN, (one, two) => {
      expect(isPattern(one)).toBe(true);
      const [ours, theirs] = [one, two].map((pattern) => new Set(ALL.filter((subject) => matches(pattern, subject))));
      if (ours === undefined || theirs === undefined) return;
      expect(overlap(one, two)).toBe([...ours].some((subject) => theirs.has(subject)));
      expect(covers(one, two)).toBe([...theirs].every((subject) => ours.has(subject)));
    }),
    { numRuns: 500 },
  );
});

test.each(['a.>.b', '>.a', 'a*', 'a.b>', 'a b', '', '.', 'a\n', 'x'.repeat(3000)])('%j is no pattern', (text) => {
  expect(isPattern(text)).toBe(false);
});
