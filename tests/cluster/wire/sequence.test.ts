import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SequenceWatch } from '../../../src/cluster/wire/sequence.js';
import type { Place } from '../../../src/cluster/wire/sequence.js';

const place = (seq: number, more: Partial<Place> = {}): Place => ({ edge: 1, boot: 1, epoch: 5, seq, ...more });

test('what follows, what is missing, and what comes again', () => {
  const watch = new SequenceWatch();
  expect(watch.see('a', place(10))).toEqual({ kind: 'first' });
  expect(watch.see('a', place(11))).toEqual({ kind: 'next' });
  expect(watch.see('a', place(15))).toEqual({ kind: 'gap', missed: 3 });
  expect(watch.see('a', place(12))).toEqual({ kind: 'repeated' });
  // Of a number far ahead nobody knows whose it was.
  expect(watch.see('a', place(13))).toEqual({ kind: 'next' });
  expect(watch.see('a', place(13))).toEqual({ kind: 'repeated' });
  expect(watch.see('b', place(1))).toEqual({ kind: 'first' });
  expect(watch.counts).toEqual({ gaps: 1, missed: 3, repeated: 2, stale: 0 });
  watch.forget('a');
  expect(watch.see('a', place(99))).toEqual({ kind: 'first' });
});

test('a later lease takes over, and an older one is stale for ever', () => {
  const watch = new SequenceWatch();
  watch.see('a', place(100));
  expect(watch.see('a', place(1, { edge: 2, epoch: 6 }))).toEqual({ kind: 'taken-over' });
  expect(watch.see('a', place(101))).toEqual({ kind: 'stale' });
  expect(watch.see('a', place(2, { edge: 2, epoch: 6 }))).toEqual({ kind: 'next' });
  expect(watch.see('a', place(1, { edge: 2, epoch: 6, boot: 2 }))).toEqual({ kind: 'taken-over' });
  expect(watch.counts.stale).toBe(1);
});

test('what is missing is what was not seen', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(200), { minLength: 2 }), (given) => {
      const watch = new SequenceWatch();
      const seen = given.sort((left, right) => left - right);
      for (const seq of seen) watch.see('a', place(seq));
      const [first = 0, last = 0] = [seen[0], seen.at(-1)];
      expect(watch.counts.missed).toBe(last - first + 1 - seen.length);
    }),
  );
});

test('only so many subjects are remembered', () => {
  const watch = new SequenceWatch(2);
  for (const subject of ['a', 'b', 'c']) watch.see(subject, place(1));
  expect(watch.see('c', place(2)).kind).toBe('next');
  expect(watch.see('b', place(2)).kind).toBe('next');
  expect(watch.see('a', place(2)).kind).toBe('first');
});
