/**
 * What it takes to add a class of an imaginary future vnpy, as CONTRIBUTING.md says: the edits of `EDITS`, and nothing else. All that
 * is made of the tables is compiled with them, in memory. A place that has come to need a change, too, makes that fail.
 */
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The class itself: a file of its own, or a part of one. */
const FUND = `
import { BaseData } from './base.js';
import type { Extra } from './base.js';
import { DataSchema, datetime, float, nullable, required, str } from './schema.js';
import type { InitOf } from './schema.js';
import type { PyDateTime } from '../../pickle/index.js';

const fundDataFields = {
  gateway_name: required(str),
  extra: nullable(dictOfFund()),
  fundid: required(str),
  nav: required(float),
  datetime: nullable(datetime),
};

function dictOfFund(): { readonly kind: 'dict' } {
  return { kind: 'dict' };
}

export interface FundDataInit extends InitOf<FundData, typeof fundDataFields> {}

export const fundDataSchema = new DataSchema<FundData, FundDataInit>('FundData', fundDataFields, (fund) => {
  fund.vt_fundid = fund.gateway_name + '.' + fund.fundid;
});

export class FundData extends BaseData {
  readonly gateway_name: string = '';
  readonly extra: Extra | null = null;
  readonly fundid: string = '';
  readonly nav: number = 0;
  readonly datetime: PyDateTime | null = null;
  readonly vt_fundid: string = '';

  constructor(init: FundDataInit) {
    super();
    fundDataSchema.fill(this, init);
  }
}
`;

type Edit = (text: string) => string;

/** Puts a line before the first one that begins so. */
function before(line: string, added: string): Edit {
  return (text) => {
    expect(text).toContain(`\n${line}`);
    return text.replace(`\n${line}`, `\n${added}\n${line}`);
  };
}

const all =
  (...edits: readonly Edit[]): Edit =>
  (text) =>
    edits.reduce((result, edit) => edit(result), text);

/** The files that a class takes. */
const CLASS: Readonly<Record<string, Edit>> = {
  'src/vnpy/data/fund.ts': () => FUND,
  'src/vnpy/data/classes.ts': all(
    before('import { BLANK }', "import { FundData, fundDataSchema } from './fund.js';"),
    before('  dataClass(QuoteData', '  dataClass(FundData, fundDataSchema),'),
  ),
  'src/vnpy/data/index.ts': before(
    'export { replace }',
    "export { FundData } from './fund.js';\nexport type { FundDataInit } from './fund.js';",
  ),
};

/** And the one that it takes besides, to be a kind of event. */
const KIND: Readonly<Record<string, Edit>> = {
  'src/vnpy/kinds.ts': all(
    before('  LogData,', '  FundData,'),
    before(
      '  // vnpy has no event for bars',
      "  fund: { type: FundData, event: 'eFund.', id: (data: FundData) => data.vt_fundid, key: (data: FundData) => data.vt_fundid },",
    ),
  ),
};

const USE_CLASS = `
import { FundData, replace } from './index.js';
import type { FundDataInit } from './index.js';

export const init: FundDataInit = { gateway_name: 'CTP', fundid: '1', nav: 1.5, datetime: new Date() };
export const fund = replace(new FundData(init), { nav: 2 });
// @ts-expect-error nav is required
export const noNav: FundDataInit = { gateway_name: 'CTP', fundid: '1' };
// @ts-expect-error vt_fundid is derived
export const derived: FundDataInit = { ...init, vt_fundid: 'CTP.1' };
// @ts-expect-error a text is no number
export const wrong: FundDataInit = { ...init, nav: '1' };
`;

const USE_KIND = `
import { EventType } from '../index.js';
import type { GatewayStats, TradingGateway } from '../index.js';

export const type: 'eFund.' = EventType.FUND;
export async function use(gateway: TradingGateway, stats: GatewayStats): Promise<number> {
  gateway.on('fund', (fund) => fund.nav);
  for await (const fund of gateway.events('fund')) return fund.nav + stats.delivered.fund;
  return (await gateway.next('fund')).nav;
}
`;

/** Compiles what is made of the tables with edits, and files that use what those add. Gives what is wrong. */
function compile(edits: Readonly<Record<string, Edit>>, uses: Readonly<Record<string, string>>): string[] {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: unknown;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const texts = new Map(Object.entries(uses).map(([path, text]) => [join(ROOT, path), text]));
  for (const [path, edit] of Object.entries(edits)) {
    const file = join(ROOT, path);
    texts.set(file, edit(ts.sys.readFile(file) ?? ''));
  }
  const host = ts.createCompilerHost(options);
  const fileExists = host.fileExists.bind(host);
  const readFile = host.readFile.bind(host);
  const getSourceFile = host.getSourceFile.bind(host);
  host.fileExists = (path) => texts.has(path) || fileExists(path);
  host.readFile = (path) => texts.get(path) ?? readFile(path);
  host.getSourceFile = (path, version) => {
    const text = texts.get(path);
    return text === undefined ? getSourceFile(path, version) : ts.createSourceFile(path, text, version);
  };
  // What the programs make of each kind is one line for people.
  const entries = ['src/vnpy/index.ts', 'src/cli/bridge/output/event-line.ts', ...Object.keys(uses)];
  const program = ts.createProgram({ rootNames: entries.map((path) => join(ROOT, path)), options, host });
  return program
    .getSourceFiles()
    .filter(({ fileName }) => /\/src\/(vnpy|cli)\//.test(fileName))
    .flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)])
    .map(({ file, messageText }) => {
      const where = file === undefined ? '' : relative(ROOT, file.fileName);
      return `${where}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
    });
}

describe('a class that a future vnpy has', () => {
  test('takes three files, and as a kind of event four', { timeout: 120_000 }, () => {
    expect(Object.keys(CLASS)).toHaveLength(3);
    expect(Object.keys({ ...CLASS, ...KIND })).toHaveLength(4);
    const uses = { 'src/vnpy/data/use-class.ts': USE_CLASS, 'src/vnpy/data/use-kind.ts': USE_KIND };
    expect(compile({ ...CLASS, ...KIND }, uses)).toEqual([]);
  });
});
