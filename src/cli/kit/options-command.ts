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
export function optionsCommand(json: Option<boolean>): CommandDefinition {
  return {
    name: 'options',
    summary: 'List all options with their environment variables and defaults',
    options: [config, json, color],
    run: async ({ settings, io, style, program }) => {
      const { optionRows } = await import('./option-rows.js');
      const rows = optionRows(program);
      if (settings.get(json)) {
        await io.stdout.write(`${JSON.stringify(rows)}\n`);
        return 0;
      }
      const { renderTable } = await import('./text/table.js');
      const lines = renderTable<(typeof rows)[number]>(
        [
          { title: 'option', value: (row) => row.flag },
          { title: 'environment variable', value: (row) => row.environment },
          { title: 'default', value: (row) => row.default },
          { title: 'meaning', value: (row) => row.description },
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
