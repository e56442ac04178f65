/** Tokens and disassembly of every fixture, against the pickletools of a real CPython 3.14. */
import { afterAll, beforeAll, describe, expect, vi, test } from 'vitest';
import { disassemble, dumps, tokens, UnpicklingError } from 'vnpy-bridge/pickle';
import { bytes, little, toBase64 } from '../support/bytes.js';
import { caught } from '../support/caught.js';
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

  test('has the text of pickletools.dis', async () => {
    const answers = await python.disassemble(fixtures.map(({ data }) => toBase64(data)));
    const different: unknown[] = [];
    fixtures.forEach(({ title, data }, index) => {
      const answer = answers[index];
      const expected = answer !== undefined && 'text' in answer ? answer.text : answer;
      const own = attempt(() => disassemble(data, { maxDigits: Infinity }));
      if (own !== expected) different.push({ title, own, expected });
    });
    expect(answers).toHaveLength(fixtures.length);
    expect(different.map((row) => JSON.stringify(row).slice(0, 500))).toEqual([]);
  });

  test('has the opcodes and offsets of pickletools.genops', async () => {
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

  test('and what no pickler writes has it, too', async () => {
    const arrays = ["'", '"', `'"`, "\\'", `\\'"`].map((text) => bytes(0x96, little(text.length, 8), text, '.'));
    const odd = [...arrays, bytes("S'\n."), bytes('S"\n.'), bytes("S'\\''\n."), bytes("S'a\n.")];
    const answers = await python.disassemble(odd.map((data) => toBase64(data)));
    expect(answers).toHaveLength(odd.length);
    odd.forEach((data, index) => {
      const answer = answers[index];
      const title = String.fromCharCode(...data.subarray(0, 20));
      if (answer !== undefined && 'text' in answer) {
        expect(
          attempt(() => disassemble(data)),
          title,
        ).toBe(answer.text);
      } else {
        expect(() => disassemble(data), title).toThrow(UnpicklingError);
      }
    });
  });

  // What pickletools does from CPython 3.11 on, unless sys.set_int_max_str_digits() says otherwise: the one here does.
  test.each([4299, 4300, 4301])('shows no int of more than 4300 digits: %d', (count) => {
    const nines = [
      bytes('I', '9'.repeat(count), '\n.'),
      bytes('L-', '9'.repeat(count), 'L\n.'),
      bytes('L', '0'.repeat(count - 1), '1L\n.'),
      dumps(10n ** BigInt(count) - 1n),
      dumps(1n - 10n ** BigInt(count)),
    ];
    for (const data of nines) {
      if (count > 4300) expect(caught(() => disassemble(data))).toMatchObject({ code: 'LIMIT_DIGITS' });
      else expect(disassemble(data)).toMatch(/STOP/);
      expect(disassemble(data, { maxDigits: 4301 })).toMatch(/STOP/);
    }
  });

  test('shows the characters that CPython shows', async () => {
    const characters = Array.from({ length: 0x110000 - 0x80 }, (_, index) => String.fromCodePoint(index + 0x80));
    const texts = Array.from({ length: 128 }, (_, part) =>
      characters.filter((__, index) => index % 128 === part).join(''),
    );
    const pickles = texts.map((text) => dumps(text));
    const answers = await python.disassemble(pickles.map((data) => toBase64(data)));
    const different = pickles.filter((data, index) => {
      const answer = answers[index];
      return answer === undefined || !('text' in answer) || answer.text !== disassemble(data);
    });
    expect(different).toEqual([]);
  });

  // How many of all characters are printable in that CPython.
  test.each([
    ['3.10', 143_585],
    ['3.11', 144_421],
    ['3.12.1', 148_903],
    ['3.13.0', 149_530],
    ['3.14.2', 154_715],
  ])('shows the characters that CPython %s shows', (version, count) => {
    const characters = Array.from({ length: 0x110000 - 0x80 }, (_, index) => String.fromCodePoint(index + 0x80));
    const data = dumps(characters.filter((character) => !/\p{Cs}/u.test(character)).join(''));
    const shown = disassemble(data, { python: version }).match(/[^\p{ASCII}]/gu) ?? [];
    expect(shown).toHaveLength(count);
  });
});

function attempt(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return String(error);
  }
}
