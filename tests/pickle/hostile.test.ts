/** Hostile and odd pickles, row by row, and what a real CPython 3.14 says to each. */
import { afterAll, beforeAll, describe, expect, vi, test } from 'vitest';
import { loads, UnpicklingError } from 'vnpy-bridge/pickle';
import { toBase64 } from '../support/bytes.js';
import { describeValue } from '../support/describe.js';
import { startPyodide } from '../support/python.js';
import type { Python } from '../support/python.js';
import { hostileCases } from './hostile-cases.js';
import type { HostileCase } from './hostile-cases.js';

// A busy machine takes its time over the start of a CPython and over thousands of values.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

function dataOf({ data }: HostileCase): Uint8Array {
  return typeof data === 'function' ? data() : data;
}

function errorOf(row: HostileCase): UnpicklingError {
  try {
    loads(dataOf(row), row.options);
  } catch (error) {
    if (error instanceof UnpicklingError) return error;
    throw error;
  }
  throw new Error('loads gave a value');
}

function shown(value: unknown): string {
  return JSON.stringify(value).slice(0, 300);
}

describe.each(Object.entries(hostileCases))('%s', (_, rows) => {
  test('has no row twice', () => {
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
  });

  test.each(rows.filter(({ error }) => error !== undefined))('$name: $error', (row) => {
    const error = errorOf(row);
    expect(error.code, error.message).toBe(row.error);
    if (row.offset !== undefined) expect(error.offset).toBe(row.offset);
    if (row.opcode !== undefined) expect(error.opcode).toBe(row.opcode);
    expect(error.message.length).toBeLessThan(500);
  });

  test.each(rows.filter(({ error }) => error === undefined))('$name', (row) => {
    const value = loads(dataOf(row), row.options);
    if (row.value !== 'any') expect(describeValue(value)).toEqual(row.value);
    else expect(value).not.toBeUndefined();
  });
});

describe('CPython 3.14', () => {
  let python: Python;
  beforeAll(async () => {
    python = await startPyodide();
  });
  afterAll(() => python[Symbol.asyncDispose]());

  test('agrees with every row that says so, and disagrees where a row says that', async () => {
    const rows = Object.values(hostileCases)
      .flat()
      .filter(({ cpython }) => cpython !== undefined);
    const answers = await python.loads(rows.map((row) => ({ bytes: toBase64(dataOf(row)) })));
    const different: unknown[] = [];
    rows.forEach((row, index) => {
      const answer = answers[index] ?? { error: 'no answer' };
      const expected = row.cpython === 'same' ? (row.error === undefined ? 'value' : 'error') : row.cpython;
      const equal =
        'value' in answer && (row.value === 'any' || JSON.stringify(answer.value) === JSON.stringify(row.value));
      const found = 'error' in answer ? 'error' : expected === 'differs' ? (equal ? 'equal' : 'differs') : 'value';
      const sameValue = row.cpython !== 'same' || row.error !== undefined || equal;
      if (found === expected && sameValue) return;
      different.push(`${row.name}: expected ${shown(row.value ?? row.error)}, CPython: ${shown(answer)}`);
    });
    expect(rows.length).toBeGreaterThan(150);
    expect(different).toEqual([]);
  });
});
