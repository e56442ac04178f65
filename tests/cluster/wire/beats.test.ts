import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EDGE_STATES, readBeat, writeBeat } from '../../../src/cluster/wire/beats.js';
import type { Beat } from '../../../src/cluster/wire/beats.js';

const U32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const AMOUNT = fc.double({ min: 0, max: 1e15, noNaN: true }).map((value) => value + 0);
const BEAT: fc.Arbitrary<Beat> = fc.record({
  account: fc.string({ maxLength: 30 }),
  edge: fc.string({ maxLength: 30 }),
  number: U32,
  boot: U32,
  epoch: fc.maxSafeNat(),
  state: fc.constantFrom(...EDGE_STATES),
  count: fc.maxSafeNat(),
  monotonic: AMOUNT,
  wall: AMOUNT,
  load: fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0),
  vnpy: fc.boolean(),
});

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

test('what is written is read, and what is more is left out', () => {
  fc.assert(
    fc.property(BEAT, (beat) => {
      const payload = writeBeat(beat);
      expect(readBeat(payload)).toEqual(beat);
      const more = { ...(JSON.parse(new TextDecoder().decode(payload)) as object), later: { is: 'more' } };
      expect(readBeat(encode(more))).toEqual(beat);
    }),
  );
});

test('a beat in which anything is not what it should be is none', () => {
  fc.assert(
    fc.property(BEAT, fc.nat(), fc.jsonValue({ depthSize: 'small' }), (beat, which, odd) => {
      const names = Object.keys(beat);
      const name = names[which % names.length] ?? '';
      const read = readBeat(encode({ v: 1, ...beat, [name]: odd }));
      if (read !== undefined) expect(read[name as keyof Beat]).toEqual(odd);
      expect(readBeat(encode({ v: 1, ...beat, [name]: undefined }))).toBeUndefined();
    }),
  );
});

test.each([
  ['another version', (beat: Beat) => encode({ ...beat, v: 2 })],
  ['no version', (beat: Beat) => encode(beat)],
  ['a state that is none', (beat: Beat) => encode({ v: 1, ...beat, state: 'happy' })],
  ['more load than all', (beat: Beat) => encode({ v: 1, ...beat, load: 1.5 })],
  ['a negative clock', (beat: Beat) => encode({ v: 1, ...beat, monotonic: -1 })],
  ['a text too long', (beat: Beat) => encode({ v: 1, ...beat, edge: 'x'.repeat(9000) })],
  ['a list', (beat: Beat) => encode([beat])],
])('%s is no beat', (_what, payload) => {
  const [beat] = fc.sample(BEAT, 1);
  if (beat === undefined) throw new Error('no beat');
  expect(readBeat(payload(beat))).toBeUndefined();
});

test('any bytes are read without an error', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.json().map((text) => new TextEncoder().encode(text)),
      ),
      (bytes) => {
        expect(() => readBeat(bytes)).not.toThrow();
      },
    ),
  );
});
