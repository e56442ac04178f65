import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSubject } from '../../../src/cluster/transport/patterns.js';
import { escapeToken, unescapeToken } from '../../../src/cluster/wire/escape.js';

/** Any text that JavaScript has, halves of surrogate pairs included, and many that need an escape. */
const NAMES = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)), maxLength: 30 }),
  fc.string({ unit: fc.constantFrom('=', '2', 'E', '.', '*', '>', ' ', 'a', '沪', '\ud83d', '\ude00'), maxLength: 12 }),
);

test.each([
  ['rb2401', 'rb2401'],
  ['IF-1_a', 'IF-1_a'],
  ['a/b', 'a=2Fb'],
  ['', '='],
  ['ES 20260320.CME', 'ES=2020260320=2ECME'],
  ['=', '=3D'],
  ['沪深', '=E6=B2=AA=E6=B7=B1'],
  ['*>', '=2A=3E'],
  ['😀', '=F0=9F=98=80'],
  ['\ud83d', '=ED=A0=BD'],
])('%j is %s', (name, token) => {
  expect(escapeToken(name)).toBe(token);
  expect(unescapeToken(token)).toBe(name);
});

test('every name comes back, and its token is one of a subject and of a key', () => {
  fc.assert(
    fc.property(NAMES, (name) => {
      const token = escapeToken(name);
      expect(unescapeToken(token)).toBe(name);
      expect(token).toMatch(/^[-_=a-zA-Z0-9]+$/);
      expect(isSubject(`a.${token}.b`)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test('two names never have one token', () => {
  fc.assert(
    fc.property(NAMES, NAMES, (one, two) => {
      expect(escapeToken(one) === escapeToken(two)).toBe(one === two);
    }),
    { numRuns: 2000 },
  );
});

test('no other token gives a name', () => {
  const tokens = fc.string({ unit: fc.constantFrom('=', '2', '0', 'E', 'D', 'A', 'B', 'e', 'a', '.'), maxLength: 14 });
  fc.assert(
    fc.property(tokens, (token) => {
      const name = unescapeToken(token);
      if (name !== undefined) expect(escapeToken(name)).toBe(token);
    }),
    { numRuns: 5000 },
  );
});

test.each([
  '',
  '==',
  '=3',
  '=3d',
  '=41',
  '=FF',
  '=C0=80',
  '=ED=A0=BD=ED=B8=80',
  'a.b',
  'a b',
  'a/b',
  'ä',
  'x'.repeat(2000),
])('%j is no token', (token) => {
  expect(unescapeToken(token)).toBeUndefined();
});
