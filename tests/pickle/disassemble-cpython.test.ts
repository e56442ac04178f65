/** Tokens and disassembly of every fixture, against the pickletools of a real CPython 3.14. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { disassemble, tokens } from '../../src/pickle/index.js';
import { toBase64 } from '../support/bytes.js';
import { readPickleFixtures } from '../support/pickle-fixtures.js';
import { startPyodide } from '../support/python.js';
import type { Python } from '../support/python.js';

// A busy machine takes its time over the start of a CPython and over thousands of values.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const fixtures = readPickleFixtures();

describe('every fixture', () => {
  let python: Python;
  beforeAll(async () => {
    python = await startPyodide();
  });
  afterAll(() => python[Symbol.asyncDispose]());

  it('has the text of pickletools.dis', async () => {
    const answers = await python.disassemble(fixtures.map(({ data }) => toBase64(data)));
    const different: unknown[] = [];
    fixtures.forEach(({ title, data }, index) => {
      const answer = answers[index];
      const expected = answer !== undefined && 'text' in answer ? answer.text : answer;
      const own = attempt(() => disassemble(data));
      if (own !== expected) different.push({ title, own, expected });
    });
    expect(answers).toHaveLength(fixtures.length);
    expect(different.map((row) => JSON.stringify(row).slice(0, 500))).toEqual([]);
  });

  it('has the opcodes and offsets of pickletools.genops', async () => {
    const answers = await python.tokens(fixtures.map(({ data }) => toBase64(data)));
    const different: unknown[] = [];
    fixtures.forEach(({ title, data }, index) => {
      const answer = answers[index];
      const own = attempt(() => [...tokens(data)].map(({ offset, opcode }) => [offset, opcode.name]));
      const expected = answer !== undefined && 'tokens' in answer ? answer.tokens : answer;
      if (JSON.stringify(own) !== JSON.stringify(expected)) different.push({ title, own, expected });
    });
    expect(different.map((row) => JSON.stringify(row).slice(0, 500))).toEqual([]);
  });
});

function attempt(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return String(error);
  }
}
