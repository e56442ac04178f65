/** What TSDoc and documents say of options is what the tables of the source say. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import type { OptionRow, OptionRows, OptionTable } from '../../src/option-table.js';
import { DUMPS_OPTIONS, LOADS_OPTIONS } from '../../src/pickle/classes/options.js';
import { CLIENT_OPTIONS, HEARTBEAT_OPTIONS, RECONNECT_OPTIONS, SERVER_OPTIONS } from '../../src/rpc/options.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

const tables: readonly (readonly [string, string, OptionTable<OptionRows>])[] = [
  ['src/pickle/classes/options.ts', 'LoadsOptions', LOADS_OPTIONS],
  ['src/pickle/classes/options.ts', 'DumpsOptions', DUMPS_OPTIONS],
  ['src/rpc/options.ts', 'RpcClientOptions', CLIENT_OPTIONS],
  ['src/rpc/options.ts', 'HeartbeatOptions', HEARTBEAT_OPTIONS],
  ['src/rpc/options.ts', 'ReconnectOptions', RECONNECT_OPTIONS],
  ['src/rpc/options.ts', 'RpcServerOptions', SERVER_OPTIONS],
];

const rows = tables.flatMap(([file, type, table]) =>
  Object.entries(table.rows).map(([name, row]) => ({
    title: `${type}.${name}`,
    name,
    row,
    tsdoc: tsdocOf(file, type, name),
  })),
);

/** The comment of a member, on one line. */
function tsdocOf(file: string, type: string, name: string): string {
  const source = ts.createSourceFile(file, readFileSync(root + file, 'utf8'), ts.ScriptTarget.Latest, true);
  for (const statement of source.statements) {
    if (!ts.isInterfaceDeclaration(statement) || statement.name.text !== type) continue;
    for (const member of statement.members) {
      if (member.name?.getText(source) !== name) continue;
      const comments = ts
        .getJSDocCommentsAndTags(member)
        .map((comment) => ts.getTextOfJSDocComment(comment.comment) ?? '');
      return comments.join(' ').replaceAll(/\s+/g, ' ');
    }
  }
  return '';
}

/** How a number may be written. */
function written(value: number): string[] {
  const units = [2 ** 30, 2 ** 20].map((unit, index) =>
    value % unit === 0 ? `${value / unit} ${index === 0 ? 'GiB' : 'MiB'}` : '',
  );
  return [value.toLocaleString('en'), String(value), ...units].filter((text) => text !== '');
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
  test.each(rows)('$title: the TSDoc names the default of the table', ({ row, tsdoc }) => {
    expect(tsdoc).not.toBe('');
    expect(tells(tsdoc, row), tsdoc).toBe(true);
  });

  test.each(rows)('$title: the text is one sentence of at most 25 words', ({ row }) => {
    expect(row.text).toMatch(/^[^.]+(?:\.\d[^.]*)*\.$/);
    expect(row.text.split(' ').length).toBeLessThanOrEqual(25);
  });

  test('of the table of limits have the defaults that it says', () => {
    const [, section = ''] = readFileSync(`${root}docs/architecture.md`, 'utf8').split('## Where the limits are');
    const lines = section.split('\n').filter((line) => line.startsWith('|'));
    const cells = lines.map((line) => line.split('|').map((cell) => cell.trim()));
    const all = new Map<string, OptionRow<unknown>>(Object.entries({ ...SERVER_OPTIONS.rows, ...CLIENT_OPTIONS.rows }));
    for (const [name, row] of Object.entries(LOADS_OPTIONS.rows)) all.set(`loads.${name}`, row);
    for (const [name, row] of Object.entries(DUMPS_OPTIONS.rows)) all.set(`dumps.${name}`, row);
    const found = cells.flatMap(([, , value = '', options = '']) =>
      [...options.matchAll(/`([a-zA-Z.]+)`/g)].flatMap(([, name = '']) => {
        const row = all.get(name);
        return row === undefined
          ? name === 'limit'
            ? []
            : [{ name, value, right: false }]
          : [
              {
                name,
                value,
                right: written(Number(row.default)).some((text) =>
                  value.split('; ').some((part) => part.replace(' a client', '') === text),
                ),
              },
            ];
      }),
    );
    expect(found.length).toBeGreaterThanOrEqual(10);
    expect(found.filter(({ right }) => !right)).toEqual([]);
  });
});
