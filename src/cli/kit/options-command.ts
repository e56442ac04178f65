/**
 * The command `options`, of every program.
 *
 * @module
 */
import type { CommandDefinition } from './command.js';
import { writeAll } from './io.js';
import { color, config } from './options.js';
import type { Option } from './option.js';

/** @param json - The program's flag for JSON: then it is one array. */
export function optionsCommand(json: Option<boolean>): CommandDefinition & { readonly name: 'options' } {
  return {
    name: 'options',
    summary: 'List all options with their environment variables and defaults',
    options: [config, json, color],
    run: async ({ settings, io, style, program, language }) => {
      const { optionRows } = await import('./option-rows.js');
      if (settings.get(json)) {
        await io.stdout.write(`${JSON.stringify(optionRows(program))}\n`);
        return 0;
      }
      const { helpIn } = await import('./help-texts.js');
      const { option, words } = await helpIn(program, language);
      const rows = optionRows(program, option);
      const { renderTable } = await import('./text/table.js');
      const lines = renderTable<(typeof rows)[number]>(
        [
          { title: words.columns.option, value: (row) => row.flag },
          { title: words.columns.variable, value: (row) => row.environment },
          { title: words.columns.default, value: (row) => row.default },
          { title: words.columns.meaning, value: (row) => row.description },
        ],
        rows,
        style,
      );
      await writeAll(
        io.stdout,
        lines.map((line) => `${line}\n`),
      );
      return 0;
    },
  };
}
