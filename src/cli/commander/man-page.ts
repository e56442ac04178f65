/**
 * A manual page (man 7 groff_man), made from the same commander program as `--help`.
 *
 * @module
 */
import type { Command } from 'commander';
import { describeCommands } from './describe.js';
import type { CommandDescription, OptionDescription } from './describe.js';

/** What a manual page says besides the commands. */
export interface ManSections {
  readonly version: string;
  /** Paragraphs of DESCRIPTION. */
  readonly description: readonly string[];
  /** Meaning of the exit codes. */
  readonly exitStatus: readonly (readonly [code: number, meaning: string])[];
  readonly examples: readonly (readonly [command: string, meaning: string])[];
  /** Environment variables. */
  readonly environment: readonly (readonly [name: string, meaning: string])[];
}

/** Text that roff prints as it stands. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/gm, '\\&$1');
}

function optionLines({ flags, description, choices, defaultText }: OptionDescription): string {
  const one = choices.length > 0 ? ` One of ${choices.join(', ')}.` : '';
  const fallback = defaultText === undefined ? '' : ` Default: ${defaultText}.`;
  return `.TP\n.B ${roff(flags)}\n${roff(`${description}.${one}${fallback}`)}\n`;
}

function commandLines(name: string, command: CommandDescription): string {
  const args = command.arguments.map(
    (argument) => `.TP\n.I ${roff(argument.name)}\n${roff(`${argument.description}.`)}\n`,
  );
  return (
    `.SS ${roff(command.name)}\n.B ${roff(`${name} ${command.name}`)}\n${roff(command.usage)}\n.PP\n` +
    `${roff(`${command.description}.`)}\n${args.join('')}${command.options.map(optionLines).join('')}`
  );
}

function pairs(list: readonly (readonly [string | number, string])[]): string {
  return list.map(([term, text]) => `.TP\n.B ${roff(String(term))}\n${roff(text)}\n`).join('');
}

/** The page. */
export function manPage(program: Command, sections: ManSections): string {
  const name = program.name();
  const commands = describeCommands(program);
  return (
    `.TH ${name.toUpperCase()} 1 "" "${name} ${sections.version}"\n` +
    `.SH NAME\n${roff(name)} \\- ${roff(program.description())}\n` +
    `.SH SYNOPSIS\n.B ${roff(name)}\n${roff(program.usage())}\n` +
    `.SH DESCRIPTION\n${sections.description.map(roff).join('\n.PP\n')}\n` +
    `.SH COMMANDS\n${commands.map((command) => commandLines(name, command)).join('')}` +
    `.SH EXIT STATUS\n${pairs(sections.exitStatus)}` +
    `.SH ENVIRONMENT\n${pairs(sections.environment)}` +
    `.SH EXAMPLES\n${pairs(sections.examples)}`
  );
}
