/**
 * Every option of a program as a row: for `options`, and for the table in the program's document.
 *
 * @module
 */
import { kit } from '../lang/en/kit.js';
import type { KitTexts } from '../lang/en/kit.js';
import type { Program } from './command.js';
import { environmentName } from './option.js';
import type { Option } from './option.js';

/** One option, for people. */
export interface OptionRow {
  readonly group: string;
  /** As on the command line; empty for a secret. */
  readonly flag: string;
  readonly environment: string;
  /** The key in the configuration file; empty for a secret. */
  readonly key: string;
  readonly default: string;
  readonly description: string;
  /** The commands that have it. */
  readonly commands: readonly string[];
}

/**
 * Every option of every command, in the order of the groups.
 * @param describe - What an option is about; in English where it is left out.
 */
export function optionRows(
  { name: program, commands: all }: Program,
  describe: (option: Option<unknown>) => string = ({ description }) => description,
): readonly OptionRow[] {
  const commandsOf = new Map<Option<unknown>, string[]>();
  for (const { name, options } of all)
    for (const option of options) commandsOf.set(option, [...(commandsOf.get(option) ?? []), name]);

  const rows = [...commandsOf].map(([option, commands]) => {
    const secret = option.kind === 'secret';
    return {
      group: option.group,
      flag: secret ? '' : `--${option.name}${option.kind === 'flag' ? '' : ` ${option.placeholder}`}`,
      environment: environmentName(program, option),
      key: secret ? '' : option.name,
      default: option.defaultText,
      description: describe(option),
      commands: commands.length === all.length ? ['all'] : commands,
    };
  });
  const groups = [...new Set(rows.map(({ group }) => group))];
  return groups.flatMap((group) => rows.filter((row) => row.group === group));
}

/**
 * The table in the document.
 * @param describe - What an option is about; in English where it is left out.
 */
export function optionsMarkdown(
  program: Program,
  { columns, document }: KitTexts = kit,
  describe?: (option: Option<unknown>) => string,
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const code = (text: string): string => (text === '' ? '' : `\`${text}\``);
  const body = optionRows(program, describe).map((row) =>
    line([
      row.flag === '' ? document.secret : code(row.flag),
      code(row.environment),
      code(row.default),
      row.description,
      row.commands.map((name) => (name === 'all' ? document.all : name)).join(', '),
    ]),
  );
  return [
    line([document.option, columns.variable, columns.default, columns.meaning, document.commands]),
    line(Array<string>(5).fill('---')),
    ...body,
  ].join('\n');
}
