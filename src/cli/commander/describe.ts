/**
 * A commander program as data: what help, man page and completion have in common.
 *
 * @module
 */
import type { Argument, Command, Option } from 'commander';

/** One option, as a document shows it. */
export interface OptionDescription {
  /** `-q, --quiet`, `--width <columns>`. */
  readonly flags: string;
  /** The spellings: `-q`, `--quiet`. */
  readonly names: readonly string[];
  readonly description: string;
  /** What may stand behind it; empty when anything may. */
  readonly choices: readonly string[];
  readonly takesValue: boolean;
  readonly defaultText: string | undefined;
  /** The heading it stands under. */
  readonly group: string;
}

/** One command. */
export interface CommandDescription {
  readonly name: string;
  readonly description: string;
  readonly usage: string;
  readonly arguments: readonly {
    readonly name: string;
    readonly description: string;
    readonly choices: readonly string[];
  }[];
  readonly options: readonly OptionDescription[];
}

function describeOption(option: Option): OptionDescription {
  const { flags, description, argChoices, defaultValue, defaultValueDescription } = option;
  const value: unknown = defaultValue;
  const shown =
    value === undefined || typeof value === 'boolean' ? undefined : (defaultValueDescription ?? String(value));
  return {
    flags,
    names: [option.short, option.long].filter((name) => name !== undefined),
    description,
    choices: argChoices ?? [],
    takesValue: option.required || option.optional,
    defaultText: shown,
    group: option.helpGroupHeading ?? 'Options:',
  };
}

function describeArgument(argument: Argument): CommandDescription['arguments'][number] {
  return { name: argument.name(), description: argument.description, choices: argument.argChoices ?? [] };
}

/** Describes one command. */
export function describeCommand(command: Command): CommandDescription {
  return {
    name: command.name(),
    description: command.description(),
    usage: command.usage(),
    arguments: command.registeredArguments.map(describeArgument),
    options: command.options.filter((option) => !option.hidden).map(describeOption),
  };
}

/** Describes all commands of a program, in their order; `help` is left to commander. */
export function describeCommands(program: Command): readonly CommandDescription[] {
  return program.commands.filter((command) => command.name() !== 'help').map(describeCommand);
}
