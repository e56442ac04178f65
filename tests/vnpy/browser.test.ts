/** vnpy's data needs nothing of Node: bundled for a browser, it runs where only the language is. */
import { fileURLToPath } from 'node:url';
import { createContext, Script } from 'node:vm';
import { build } from 'vite';
import { beforeAll, describe, expect, test } from 'vitest';
import * as pickle from 'vnpy-bridge/pickle';
import * as data from 'vnpy-bridge/vnpy/data';
import * as vnpy from 'vnpy-bridge/vnpy';

const source = fileURLToPath(new URL('../../src/', import.meta.url));
const PROGRAM = `${source}program.js`;

/** What a page would do with the bytes of an event. */
const CODE = `
  import { loads } from ${JSON.stringify(`${source}pickle/index.ts`)};
  import { toPlain, vnpyRegistry } from ${JSON.stringify(`${source}vnpy/data/public.ts`)};
  export const show = (numbers) =>
    JSON.stringify(toPlain(loads(Uint8Array.from(JSON.parse(numbers)), { registry: vnpyRegistry })));
`;

async function bundle(): Promise<{ code: string; modules: string[] }> {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    plugins: [
      {
        name: 'program',
        resolveId: (id) => (id === PROGRAM ? id : undefined),
        load: (id) => (id === PROGRAM ? CODE : undefined),
      },
    ],
    build: { write: false, minify: false, lib: { entry: PROGRAM, formats: ['iife'], name: 'page', fileName: 'page' } },
  });
  if (!Array.isArray(result)) throw new Error('vite gave no bundle');
  const chunks = result.flatMap(({ output }) => output).filter((part) => part.type === 'chunk');
  return { code: chunks.map(({ code }) => code).join('\n'), modules: chunks.flatMap(({ moduleIds }) => moduleIds) };
}

describe('vnpy-bridge/vnpy/data, bundled for a browser', () => {
  let code: string;
  let modules: string[];
  beforeAll(async () => {
    ({ code, modules } = await bundle());
  });

  test('holds nothing of src/rpc and src/cli, and asks for nothing of Node', () => {
    const strangers = modules
      .filter((path) => path !== PROGRAM)
      .map((path) => path.replace(source, ''))
      .filter((path) => !/^(?:errors\.ts|options\.ts|option-table\.ts|pickle\/.*|vnpy\/.*)$/.test(path));
    expect(strangers).toEqual([]);
    expect(modules).toContain(`${source}vnpy/plain.ts`);
    const withoutComments = code.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    expect(withoutComments).not.toMatch(/\bnode:|__vite-browser-external|\brequire\(|\bprocess\.|\bBuffer\b/);
  });

  test('reads the event of a tick in a context without the globals of Node', () => {
    const tick = new data.TickData({
      gateway_name: 'CTP',
      symbol: 'rb2705',
      exchange: data.Exchange.SHFE,
      datetime: new pickle.PyDateTime(2026, 1, 5, 10, 0, 0, 500_001, new pickle.PyZoneInfo('Asia/Shanghai')),
      last_price: 3500.5,
      extra: { raw: Uint8Array.of(1, 2) },
    });
    const event = pickle.dumps(new data.Event('eTick.', tick), { registry: data.vnpyRegistry });
    const context = createContext({ TextDecoder, TextEncoder, Intl });
    new Script(code).runInContext(context);
    const show = new Script('page.show').runInContext(context) as (numbers: string) => string;
    const shown: unknown = JSON.parse(show(JSON.stringify([...event])));
    expect(shown).toEqual(data.toPlain(new data.Event('eTick.', tick)));
    expect(shown).toMatchObject({
      type: 'eTick.',
      data: {
        vt_symbol: 'rb2705.SHFE',
        exchange: 'SHFE',
        datetime: '2026-01-05T10:00:00.500001+08:00',
        extra: { raw: { $bytes: 'AQI=' } },
      },
    });
  });

  test('has the very classes of vnpy-bridge/vnpy', () => {
    expect(vnpy).toMatchObject({ ...data });
    expect(Object.keys(data)).toEqual(expect.arrayContaining(['TickData', 'Direction', 'vnpyRegistry', 'toPlain']));
  });
});
