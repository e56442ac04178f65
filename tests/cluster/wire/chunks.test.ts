import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ChunkJoiner, splitChunks } from '../../../src/cluster/wire/chunks.js';
import { seededRandom } from '../../support/bytes.js';

const LIMITS = { maxBytes: 100_000, maxOpen: 4 };

test('the parts of an answer give it again, in whatever order they come', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 20_000 }),
      fc.integer({ min: 4500, max: 9000 }),
      fc.integer().map(seededRandom),
      (payload, maxPayload, random) => {
        const chunks = splitChunks(payload, maxPayload);
        for (const chunk of chunks) expect(chunk.payload.length).toBeLessThan(maxPayload);
        const [only] = chunks;
        if (chunks.length === 1) {
          expect(only).toEqual({ payload, place: undefined });
          return;
        }
        const joiner = new ChunkJoiner(LIMITS);
        const keys = chunks.map((chunk) => ({ chunk, key: random() }));
        const shuffled = keys.sort((left, right) => left.key - right.key);
        const wholes = shuffled.map(({ chunk }) => chunk.place && joiner.take('a', chunk.place, chunk.payload));
        expect(wholes.slice(0, -1).every((whole) => whole === undefined)).toBe(true);
        expect(Buffer.from(wholes.at(-1) ?? []).equals(Buffer.from(payload))).toBe(true);
        expect(joiner.held).toBe(0);
        expect(joiner.dropped).toBe(0);
      },
    ),
  );
});

test('an empty answer is one part', () => {
  expect(splitChunks(new Uint8Array(), 1 << 20)).toEqual([{ payload: new Uint8Array(), place: undefined }]);
});

test('answers that come at the same time do not mix', () => {
  const joiner = new ChunkJoiner(LIMITS);
  const place = { count: 2, bytes: 4 };
  expect(joiner.take('a', { index: 0, ...place }, Buffer.from('aa'))).toBeUndefined();
  expect(joiner.take('b', { index: 0, ...place }, Buffer.from('bb'))).toBeUndefined();
  expect(joiner.take('a', { index: 1, ...place }, Buffer.from('AA'))).toEqual(new Uint8Array(Buffer.from('aaAA')));
  joiner.forget('b');
  expect(joiner.held).toBe(0);
});

test('a part is copied: its memory is read into again', () => {
  const joiner = new ChunkJoiner(LIMITS);
  const part = Buffer.from('aa');
  joiner.take('a', { index: 0, count: 2, bytes: 4 }, part);
  part.fill(0);
  expect(joiner.take('a', { index: 1, count: 2, bytes: 4 }, Buffer.from('bb'))).toEqual(
    new Uint8Array(Buffer.from('aabb')),
  );
});

test('a part that comes twice is counted, and does no harm', () => {
  const joiner = new ChunkJoiner(LIMITS);
  joiner.take('a', { index: 0, count: 2, bytes: 4 }, Buffer.from('aa'));
  joiner.take('a', { index: 0, count: 2, bytes: 4 }, Buffer.from('xx'));
  expect(joiner.dropped).toBe(1);
  expect(joiner.take('a', { index: 1, count: 2, bytes: 4 }, Buffer.from('bb'))).toEqual(
    new Uint8Array(Buffer.from('aabb')),
  );
});

test('what does not fit together is dropped, and what is too much', () => {
  const joiner = new ChunkJoiner({ maxBytes: 10, maxOpen: 2 });
  const odd: readonly (readonly [string, { index: number; count: number; bytes: number }, string])[] = [
    ['large', { index: 0, count: 2, bytes: 11 }, 'aa'],
    ['short', { index: 0, count: 1, bytes: 4 }, 'aa'],
    ['long', { index: 0, count: 2, bytes: 4 }, 'aaaaa'],
    ['empty', { index: 0, count: 2, bytes: 4 }, ''],
    ['beside', { index: 2, count: 2, bytes: 4 }, 'aa'],
  ];
  for (const [id, place, part] of odd) expect(joiner.take(id, place, Buffer.from(part))).toBeUndefined();
  expect(joiner.dropped).toBe(odd.length);
  expect(joiner.held).toBe(0);
  joiner.take('a', { index: 0, count: 2, bytes: 10 }, Buffer.from('aaaaaaaa'));
  joiner.take('b', { index: 0, count: 2, bytes: 10 }, Buffer.from('bbbb'));
  expect(joiner.held).toBe(8);
  joiner.take('a', { index: 1, count: 3, bytes: 10 }, Buffer.from('a'));
  expect(joiner.held).toBe(0);
});

test('only so many answers may be incomplete', () => {
  const joiner = new ChunkJoiner({ maxBytes: 100, maxOpen: 2 });
  for (const id of ['a', 'b', 'c']) joiner.take(id, { index: 0, count: 2, bytes: 4 }, Buffer.from('xx'));
  expect(joiner.held).toBe(4);
  expect(joiner.dropped).toBe(1);
});

test('whatever comes, memory stays below the limit', () => {
  const place = fc.record({ index: fc.nat(5), count: fc.nat(5), bytes: fc.nat(300) });
  const steps = fc.array(
    fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd'), place, part: fc.uint8Array({ maxLength: 100 }) }),
  );
  fc.assert(
    fc.property(steps, (taken) => {
      const joiner = new ChunkJoiner({ maxBytes: 200, maxOpen: 3 });
      for (const step of taken) {
        const whole = joiner.take(step.id, step.place, step.part);
        if (whole !== undefined) expect(whole.length).toBe(step.place.bytes);
        expect(joiner.held).toBeLessThanOrEqual(200);
      }
      for (const id of ['a', 'b', 'c', 'd']) joiner.forget(id);
      expect(joiner.held).toBe(0);
    }),
  );
});
