/** Damaged pickles of plain values: a real CPython 3.14 and this codec agree on whether they mean something, and what. */
import { afterAll, beforeAll, describe, expect, vi, test } from 'vitest';
import { loads, UnpicklingError } from 'vnpy-bridge/pickle';
import { toBase64 } from '../support/bytes.js';
import { describeValue } from '../support/describe.js';
import { Mutator } from '../support/mutate.js';
import { readPickleFixtures } from '../support/pickle-fixtures.js';
import { startPyodide } from '../support/python.js';
import type { Python } from '../support/python.js';

// A busy machine takes its time over the start of a CPython and over thousands of values.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const COUNT = 6000;
const seed = Number(process.env['FUZZ_SEED'] ?? '3');
const PLAIN =
  /^(none|true|int|float|bool|str|bytes|list|tuple|dict-[^ds]|set|frozenset|shared|cycle-(list|dict|tuple)|persistent)/;

const corpus = readPickleFixtures()
  .filter(({ case: name, data }) => PLAIN.test(name) && !/subclass|decimal/.test(name) && data.length < 300)
  .map(({ data }) => data);

describe('damaged pickles of plain values', () => {
  let python: Python;
  beforeAll(async () => {
    python = await startPyodide();
  });
  afterAll(() => python[Symbol.asyncDispose]());

  test('mean the same to CPython 3.14 and to this codec', async () => {
    const mutator = new Mutator(seed, corpus);
    const inputs = Array.from({ length: COUNT }, () => mutator.next());
    const answers = await python.loads_plain(inputs.map(toBase64));
    const different: string[] = [];
    let values = 0;
    let errors = 0;
    inputs.forEach((data, index) => {
      const answer = answers[index] ?? { error: 'no answer' };
      // CPython's memo is an array, which a large index makes large.
      if ('error' in answer && /^(Forbidden|MemoryError|OverflowError: Python int too large)/.test(answer.error))
        return;
      const own = outcome(data);
      const told = 'error' in answer ? answer.error : JSON.stringify(answer.value);
      if ('error' in answer) errors++;
      else values++;
      if (own.excused) return;
      const agree = 'error' in answer ? own.failed : own.text === told;
      if (!agree) different.push(`${toBase64(data)}: ${own.text.slice(0, 200)}, CPython: ${told.slice(0, 200)}`);
    });
    expect(different, `${different.length} of ${inputs.length}\n${different.slice(0, 40).join('\n')}`).toEqual([]);
    expect(values).toBeGreaterThan(200);
    expect(errors).toBeGreaterThan(200);
  }, 60_000);
});

function outcome(data: Uint8Array): { text: string; failed: boolean; excused: boolean } {
  try {
    // CPython ignores what follows STOP.
    const value = loads(data, { lossless: true, trailing: 'ignore' });
    return { text: JSON.stringify(describeValue(value)), failed: false, excused: false };
  } catch (error) {
    if (!(error instanceof UnpicklingError)) throw error;
    const excused =
      // CPython 3.14.2 does not enforce frames yet; 3.14.7 does.
      error.code === 'FRAME_BOUNDARY' ||
      // C's functions take a NUL for the end of the number.
      (error.code === 'BAD_ARGUMENT' && data.includes(0)) ||
      // Limits of ours.
      error.code.startsWith('LIMIT_');
    return { text: String(error), failed: true, excused };
  }
}
