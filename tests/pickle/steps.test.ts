import { describe, expect, test } from 'vitest';
import { loads, UnpicklingError, Unpickler } from 'vnpy-bridge/pickle';

/** All steps of a decoding: how many, and what came out. */
function drain(steps: Generator<undefined, unknown>, between: () => void = () => undefined): [number, unknown] {
  for (let count = 1; ; count++) {
    const { done, value } = steps.next();
    if (done === true) return [count, value];
    between();
  }
}

// [[0, 1, ..., 99], {'a': (1, 2)}], then the same list again: frames, memo, marks, dict, tuple.
const ITEMS = Array.from({ length: 100 }, (_, index) => [0x4b, index]).flat();
const BODY = [
  0x5d,
  0x94,
  0x28,
  0x5d,
  0x94,
  0x28,
  ...ITEMS,
  0x65,
  0x7d,
  0x94,
  0x8c,
  1,
  0x61,
  0x4b,
  1,
  0x4b,
  2,
  0x86,
  0x73,
];
const PICKLE = Uint8Array.from([
  ...[0x80, 4, 0x95, BODY.length + 4, 0, 0, 0, 0, 0, 0, 0],
  ...[...BODY, 0x68, 1, 0x65, 0x2e],
]);

describe('decoding in steps', () => {
  test.each([1, 2, 3, 7, 10_000])('of %d opcodes gives what decoding at once gives', (opcodes) => {
    const expected = loads(PICKLE);
    const [count, value] = drain(new Unpickler().loadSteps(PICKLE, opcodes));
    expect(value).toEqual(expected);
    expect((value as unknown[])[2]).toBe((value as unknown[])[0]);
    expect(count > 1).toBe(opcodes < 10_000);
  });

  test('other decodings may happen between two steps', () => {
    const unpickler = new Unpickler();
    const others: unknown[] = [];
    const [, value] = drain(unpickler.loadSteps(PICKLE, 5), () => others.push(unpickler.load(PICKLE)));
    expect(value).toEqual(loads(PICKLE));
    expect(others.length).toBeGreaterThan(20);
    for (const other of others) expect(other).toEqual(value);
  });

  test('what is left to do at the end is done in steps too', () => {
    const count = 5000;
    // A list of lists that is fetched from the memo, so that its depth has to be looked at.
    const lists = Uint8Array.from([0x5d, 0x94, 0x28, ...Array<number>(count).fill(0x5d), 0x68, 0, 0x65, 0x2e]);
    // And with an instance's dict that had to become another kind of dict after it had been fetched.
    const dict = Uint8Array.from([0x5d, 0x28, 0x7d, 0x94, 0x68, 0, 0x4b, 1, 0x4e, 0x73, ...lists.subarray(3, -4)]);
    const replaced = Uint8Array.from([...dict, 0x65, 0x2e]);
    for (const [data, options] of [
      [lists, { maxDepth: 100 }],
      [replaced, { maxDepth: 100_000 }],
    ] as const) {
      const opcodes = count + 20;
      const [few, value] = drain(new Unpickler(options).loadSteps(data, opcodes));
      const [many] = drain(new Unpickler(options).loadSteps(data, 100));
      expect(few).toBe(1);
      // Half for the opcodes, half for the look at the values.
      expect(many).toBeGreaterThan(1.8 * (count / 100));
      expect((value as unknown[]).length).toBeGreaterThan(count);
    }
  });

  test.each([NaN, 0, -1, 0.5, '7' as unknown as number])('of %s opcodes is refused', (opcodes) => {
    expect(() => new Unpickler({ maxOpcodes: 2 }).loadSteps(PICKLE, opcodes).next()).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }) as Error,
    );
  });

  test('of any number of opcodes is one step', () => {
    expect(drain(new Unpickler().loadSteps(PICKLE, Infinity))).toEqual([1, loads(PICKLE)]);
  });

  test('limits and damage are found as at once', () => {
    expect(() => drain(new Unpickler({ maxOpcodes: 50 }).loadSteps(PICKLE, 7))).toThrow(
      expect.objectContaining({ code: 'LIMIT_OPCODES' }) as Error,
    );
    expect(() => drain(new Unpickler().loadSteps(PICKLE.subarray(0, 60), 7))).toThrow(UnpicklingError);
    expect(() => drain(new Unpickler().loadSteps(Uint8Array.from([...PICKLE, 0]), 7))).toThrow(
      expect.objectContaining({ code: 'TRAILING_BYTES' }) as Error,
    );
    expect(() => drain(new Unpickler({ maxBytes: 10 }).loadSteps(PICKLE))).toThrow(
      expect.objectContaining({ code: 'LIMIT_BYTES' }) as Error,
    );
  });
});
