import { expect, test } from 'vitest';
import { PrefixSet } from '../../src/zmtp/prefixes.js';
import { Selections } from '../../src/zmtp/selections.js';
import { ascii } from './support/side.js';

const MESSAGES = ['a1', 'a2', 'b1', 'b2'].map((text) => [ascii(text)]);

function wanting(...prefixes: string[]): PrefixSet {
  const set = new PrefixSet();
  for (const prefix of prefixes) set.add(ascii(prefix));
  return set;
}

test('who gets the same messages gets the same bytes, by whatever prefixes', () => {
  const selections = new Selections(MESSAGES, [], true);
  const all = selections.matching(wanting(''));
  expect(all?.messages).toEqual(MESSAGES);
  expect(selections.matching(wanting('a', 'b'))).toBe(all);
  const some = selections.matching(wanting('a'));
  expect(some?.messages).toEqual(MESSAGES.slice(0, 2));
  expect(selections.matching(wanting('a1', 'a2'))).toBe(some);
  expect(some?.batch).toBe(some?.batch);
  expect(selections.matching(wanting('c'))).toBeUndefined();
});

test('and as whatever principal, also where all ask for the same', () => {
  const audiences = [undefined, new Set(['x', 'y']), new Set(['x', 'y', 'z'])];
  const selections = new Selections(MESSAGES, audiences, false);
  const all = selections.matching(wanting(''));
  if (all === undefined) throw new Error('nothing matches');
  expect(selections.visible(all, 'x')).toBe(all);
  const some = selections.visible(all, 'z');
  expect(some?.messages).toEqual([MESSAGES[0], MESSAGES[2], MESSAGES[3]]);
  const few = selections.visible(all, 'nobody');
  expect(few?.messages).toEqual([MESSAGES[0], MESSAGES[3]]);
  expect(selections.visible(all, undefined)).toBe(few);
  const second = selections.matching(wanting('a2'));
  expect(second && selections.visible(second, 'z')).toBeUndefined();
  expect(second && selections.visible(second, 'y')).toBe(second);
});
