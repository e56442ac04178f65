/** The codec needs nothing of Node: bundled for a browser without polyfills, it runs where only the language is. */
import { fileURLToPath } from 'node:url';
import { createContext, Script } from 'node:vm';
import { build } from 'vite';
import { beforeAll, describe, expect, vi, test } from 'vitest';
import { dumps, loads } from 'vnpy-bridge/pickle';
import { readPickleFixtures } from '../support/pickle-fixtures.js';
import type { PickleFixture } from '../support/pickle-fixtures.js';
import { loadOptions } from '../support/round-trip.js';

// A busy machine takes its time over the start of a CPython and over thousands of values.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const entry = fileURLToPath(new URL('../../src/pickle/index.ts', import.meta.url));

async function bundle(): Promise<{ code: string; modules: string[] }> {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    build: { write: false, minify: false, lib: { entry, formats: ['iife'], name: 'pickle', fileName: 'pickle' } },
  });
  if (!Array.isArray(result)) throw new Error('vite gave no bundle');
  const chunks = result.flatMap(({ output }) => output).filter((part) => part.type === 'chunk');
  return { code: chunks.map(({ code }) => code).join('\n'), modules: chunks.flatMap(({ moduleIds }) => moduleIds) };
}

describe('src/pickle, bundled for a browser', () => {
  let code: string;
  let modules: string[];
  beforeAll(async () => {
    ({ code, modules } = await bundle());
  }, 60_000);

  test('holds nothing but src/pickle and the three files below it', () => {
    const own = fileURLToPath(new URL('../../src/', import.meta.url));
    const strangers = modules
      .map((path) => path.replace(own, ''))
      .filter((path) => !/^(?:errors\.ts|options\.ts|option-table\.ts|pickle\/.*)$/.test(path));
    expect(strangers).toEqual([]);
    expect(modules.length).toBeGreaterThan(10);
  });

  test('asks for no module of Node and none of its globals', () => {
    const withoutComments = code.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    expect(withoutComments.length).toBeGreaterThan(20_000);
    expect(withoutComments).not.toMatch(/\bnode:|__vite-browser-external|\brequire\(|\bprocess\.|\bBuffer\b/);
  });

  test('reads and writes every fixture as it does in Node, in a context without the globals of Node', () => {
    // What a browser has beside the language, and the codec may use.
    const context = createContext({ TextDecoder, TextEncoder });
    new Script(code).runInContext(context);
    const available = new Script(
      '[typeof process, typeof Buffer, typeof require, typeof setImmediate, typeof global].join()',
    );
    expect(available.runInContext(context)).toBe('undefined,undefined,undefined,undefined,undefined');
    const recode = new Script(`(numbers, protocol) => {
      const value = pickle.loads(Uint8Array.from(JSON.parse(numbers)), { lossless: true, encoding: 'latin1' });
      return JSON.stringify([...pickle.dumps(value, { protocol })]);
    }`).runInContext(context) as (numbers: string, protocol: number) => string;

    const usable = readPickleFixtures().filter(
      ({ buffers, data, case: name }) => buffers.length === 0 && data.length < 2000 && !name.startsWith('extension-'),
    );
    const different: string[] = [];
    for (const fixture of usable) {
      const found = attempt(() => recode(JSON.stringify([...fixture.data]), fixture.protocol));
      const expected = attempt(() => JSON.stringify([...inNode(fixture)]));
      if (found !== expected) different.push(`${fixture.title}: ${found} instead of ${expected}`);
    }
    expect(usable.length).toBeGreaterThan(2000);
    expect(different.slice(0, 5)).toEqual([]);
  });

  test('tells errors by class and code there too', () => {
    const context = createContext({ TextDecoder, TextEncoder });
    new Script(code).runInContext(context);
    const told = new Script(`
      try { pickle.loads(new Uint8Array([0x8c, 5, 97])); 'a value'; }
      catch (error) { [error instanceof pickle.UnpicklingError, error.name, error.code, error.offset].join(); }
    `);
    expect(told.runInContext(context)).toBe('true,UnpicklingError,TRUNCATED,0');
  });
});

function inNode(fixture: PickleFixture): Uint8Array {
  return dumps(loads(fixture.data, { ...loadOptions(fixture), lossless: true }), { protocol: fixture.protocol });
}

/** The result, or the text of the error: both sides must agree on that too. */
function attempt(work: () => string): string {
  try {
    return work();
  } catch (error) {
    return `throws ${String(error)}`;
  }
}
