/** What TSDoc and documents say of options is what the tables of the source say. */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { OptionRow } from '../../src/option-table.js';
import * as script from '../../scripts/option-tables.mjs';

interface Described {
  readonly type: string;
  readonly options: readonly { readonly name: string; readonly row: OptionRow<unknown>; readonly tsdoc: string }[];
}

const { describedOptions, programTable, purposeOf, withTables, writtenDefault } = script as {
  readonly describedOptions: (load: (file: string) => Promise<unknown>) => Promise<readonly Described[]>;
  readonly programTable: (load: (file: string) => Promise<unknown>) => Promise<string>;
  readonly purposeOf: (tsdoc: string) => string;
  readonly withTables: (document: string, described: readonly Described[], program: string) => Promise<string>;
  readonly writtenDefault: (value: unknown) => string;
};

const root = fileURLToPath(new URL('../../', import.meta.url));
const load = (file: string): Promise<unknown> => import(/* @vite-ignore */ `${root}src/${file}.ts`);
const described = await describedOptions(load);
const rows = described.flatMap(({ type, options }) =>
  options.map((each) => ({ ...each, title: `${type}.${each.name}` })),
);

/** How a number may be written. */
function written(value: number): string[] {
  return [value.toLocaleString('en'), String(value), writtenDefault(value)];
}

function tells(tsdoc: string, { default: value }: OptionRow<unknown>): boolean {
  if (typeof value === 'number')
    return written(value).some((text) => new RegExp(`Default ${text}(?!,?\\d)`).test(tsdoc));
  if (typeof value === 'boolean') return tsdoc.includes(`Default ${value}`);
  if (typeof value === 'string')
    return tsdoc.includes(`Default \`'${value}'\``) || tsdoc.includes(`\`'${value}'\` (default)`);
  return !/Default (?:\d|true|false|`')/.test(tsdoc.replace('Default 4300 for an int written as text', ''));
}

describe('options', () => {
  test('of every public interface are described', () => {
    const reports = readdirSync(`${root}api-report`).map((name) => readFileSync(`${root}api-report/${name}`, 'utf8'));
    const found = reports
      .join('\n')
      .matchAll(/^export interface (\w+(?:Options|Security|Timeouts|PublishAddresses))\b/gm);
    // What a transport is given, and options of errors, are no options of a user's; nor are those of a system for tests.
    const given = ['ClientSocketOptions', 'ServerSocketOptions', 'AppendOptions', 'MemoryClusterOptions'];
    given.push('MemoryConnectOptions', 'MemoryFaultOptions');
    const names = new Set([...found].map(([, name = '']) => name).filter((name) => !given.includes(name)));
    expect([...names].filter((name) => described.every(({ type }) => type !== name))).toEqual([]);
    expect(names.size).toBeGreaterThan(25);
  });

  test.each(rows)('$title: the TSDoc names the default of the table', ({ row, tsdoc }) => {
    expect(tsdoc).not.toBe('');
    expect(tells(tsdoc, row), tsdoc).toBe(true);
  });

  test.each(rows)('$title: its purpose is a sentence of at most 25 words', ({ tsdoc }) => {
    expect(purposeOf(tsdoc)).toMatch(/^[^:].*\.$/);
    expect(purposeOf(tsdoc).split(' ').length).toBeLessThanOrEqual(25);
  });

  test('stand in docs/options.md as the source has them: npm run docs:options', async () => {
    const document = readFileSync(`${root}docs/options.md`, 'utf8');
    expect(document).toBe(await withTables(document, described, await programTable(load)));
    expect([...document.matchAll(/<!-- options: (\w+) -->/g)].map(([, name]) => name).sort()).toEqual(
      described.map(({ type }) => type).sort(),
    );
  });
});
