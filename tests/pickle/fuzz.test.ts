/**
 * Damaged fixtures. In `npm test` a fixed number of them from a fixed seed; `npm run fuzz` goes on for FUZZ_SECONDS
 * (default 300 there) from FUZZ_SEED (default: the clock). A failure prints the input; it then belongs into
 * fuzz-regressions.ts.
 */
import { describe, expect, test } from 'vitest';
import { disassemble, dumps, loads, PicklingError, tokens, UnpicklingError } from 'vnpy-bridge/pickle';
import type { LoadsOptions } from 'vnpy-bridge/pickle';
import { vnpyRegistry } from '../../src/vnpy/registry.js';
import { fromBase64, toBase64 } from '../support/bytes.js';
import { describeValue } from '../support/describe.js';
import { Mutator } from '../support/mutate.js';
import { readPickleFixtures } from '../support/pickle-fixtures.js';
import { fuzzRegressions } from './fuzz-regressions.js';

const seconds = Number(process.env['FUZZ_SECONDS'] ?? '0');
const seed = Number(process.env['FUZZ_SEED'] ?? (seconds > 0 ? Date.now() % 2 ** 31 : 1));
const COUNT = 12_000;

const corpus = readPickleFixtures()
  .map(({ data }) => data)
  .filter(({ length }) => length < 1500);
const limits: LoadsOptions = { encoding: 'latin1', maxDepth: 500, maxMemo: 100_000, maxText: 10_000_000 };
const modes: readonly LoadsOptions[] = [
  { ...limits, lossless: true },
  limits,
  { ...limits, registry: vnpyRegistry },
  { ...limits, dict: 'map', view: true, lenient: true, trailing: 'ignore', onReject: 'error' },
];
const known = dumps(['known', { a: [1.5, null] }]);

/** Throws when something does not hold for these bytes. */
function examine(data: Uint8Array): boolean {
  let value: unknown;
  let failed = false;
  for (const options of modes) {
    try {
      value = loads(data, options);
      if (options.lossless === true) throughDumps(value);
    } catch (error) {
      failed ||= options.lossless === true;
      if (!(error instanceof UnpicklingError) || error.code === 'INTERNAL') throw error;
      if (error.offset !== undefined && (error.offset < 0 || error.offset > data.length)) throw error;
    }
  }
  // What can be decoded can be cut into tokens and, where pickletools does not object, listed.
  let cut = true;
  try {
    for (const { end } of tokens(data)) if (end > data.length) throw new Error('a token beyond the data');
  } catch (error) {
    if (!(error instanceof UnpicklingError)) throw error;
    // pickletools reads these lines as decimal; the decoder also as CPython's C unpickler did up to 3.13: `0x10`, `0b1`.
    cut = error.opcode === 'INT' || error.opcode === 'LONG';
  }
  if (!failed && !cut) throw new Error('decoded, but cannot be cut into tokens');
  try {
    disassemble(data);
  } catch (error) {
    if (!(error instanceof UnpicklingError)) throw error;
  }
  return !failed;
}

/** What was decoded can be written, and reads back as the same; or the error names what cannot. */
function throughDumps(value: unknown): void {
  let written: Uint8Array;
  try {
    written = dumps(value, { maxDepth: 2000 });
  } catch (error) {
    if (!(error instanceof PicklingError) || error.code === 'INTERNAL') throw error;
    return;
  }
  const expected = JSON.stringify(describeValue(value));
  const found = JSON.stringify(describeValue(loads(written, { lossless: true })));
  if (found !== expected) throw new Error(`became ${found.slice(0, 500)} from ${expected.slice(0, 500)}`);
}

describe('a damaged pickle', () => {
  test.each(fuzzRegressions)('$fault', ({ data }) => {
    expect(() => examine(fromBase64(data))).not.toThrow();
  });

  test(
    'gives a value that can be written again, or an UnpicklingError, and nothing else',
    () => {
      const before = Reflect.ownKeys(Object.prototype);
      const mutator = new Mutator(seed, corpus);
      const end = performance.now() + seconds * 1000;
      let decoded = 0;
      let count = 0;
      while (seconds > 0 ? performance.now() < end : count < COUNT) {
        const data = mutator.next();
        const start = process.cpuUsage();
        try {
          if (examine(data)) decoded++;
        } catch (error) {
          throw new Error(`seed ${seed}, input ${count}: ${toBase64(data)}: ${String(error)}`, { cause: error });
        }
        // Processor time: a machine that pauses is no fault of the input.
        const { user, system } = process.cpuUsage(start);
        const time = (user + system) / 1000;
        if (time > 2000) throw new Error(`seed ${seed}, input ${count} took ${time} ms: ${toBase64(data)}`);
        count++;
      }
      expect(loads(known)).toEqual(['known', { a: [1.5, null] }]);
      expect(Reflect.ownKeys(Object.prototype)).toEqual(before);
      // The damage is light enough that a good part of it gets through the decoder.
      expect(decoded).toBeGreaterThan(count / 50);
      expect(decoded).toBeLessThan(count);
    },
    (seconds + 60) * 1000,
  );
});
