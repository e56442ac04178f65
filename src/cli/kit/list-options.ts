/**
 * The work of `vnpy-bridge options`, and the table in the documentation.
 *
 * @module
 */
import { writeAll } from './io.js';
import type { CommandContext, CommandDefinition } from './command.js';
import { EXIT } from '../bridge/exit-codes.js';
import type { ExitCode } from '../bridge/exit-codes.js';
import { renderTable } from './text/table.js';
import { environmentName } from './option.js';
import type { Option } from './option.js';
import { json } from '../bridge/options.js';

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

/** Every option of every command, in the order of the groups. */
function optionRows(all: readonly CommandDefinition[]): readonly OptionRow[] {
  const commandsOf = new Map<Option<unknown>, string[]>();
  for (const { name, options } of all)
    for (const option of options) commandsOf.set(option, [...(commandsOf.get(option) ?? []), name]);

  const rows = [...commandsOf].map(([option, commands]) => {
    const secret = option.kind === 'secret';
    return {
      group: option.group,
      flag: secret ? '' : `--${option.name}${option.kind === 'flag' ? '' : ` ${option.placeholder}`}`,
      environment: environmentName(option),
      key: secret ? '' : option.name,
      default: option.defaultText,
      description: option.description,
      commands: commands.length === all.length ? ['all'] : commands,
    };
  });
  const groups = [...new Set(rows.map(({ group }) => group))];
  return groups.flatMap((group) => rows.filter((row) => row.group === group));
}

/** The table in docs/vnpy-bridge.md. */
export function optionsMarkdown(all: readonly CommandDefinition[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const code = (text: string): string => (text === '' ? '' : `\`${text}\``);
  const body = optionRows(all).map((row) =>
    line([
      row.flag === '' ? 'secret: never an argument' : code(row.flag),
      code(row.environment),
      code(row.default),
      row.description,
      row.commands.join(', '),
    ]),
  );
  return [
    line(['option and key in the file', 'environment variable', 'default', 'meaning', 'commands']),
    line(Array<string>(5).fill('---')),
    ...body,
  ].join('\n');
}

/** Prints the table. */
export async function listOptions({ settings, io, style, commands }: CommandContext): Promise<ExitCode> {
  const rows = optionRows(commands);
  if (settings.get(json)) {
    await io.stdout.write(`${JSON.stringify(rows)}\n`);
    return EXIT.ok;
  }
  const lines = renderTable(
    [
      { title: 'option', value: (row: OptionRow) => row.flag },
      { title: 'environment variable', value: (row: OptionRow) => row.environment },
      { title: 'default', value: (row: OptionRow) => row.default },
      { title: 'meaning', value: (row: OptionRow) => row.description },
    ],
    rows,
    style,
  );
  await writeAll(
    io.stdout,
    lines.map((text) => `${text}\n`),
  );
  return EXIT.ok;
}
