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

/** The default as a person reads it; a switch has none worth telling. */
function defaultTextOf(option: Option): string | undefined {
  const value: unknown = option.defaultValue;
  if (option.defaultValueDescription !== undefined) return option.defaultValueDescription;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function describeOption(option: Option): OptionDescription {
  return {
    flags: option.flags,
    names: [option.short, option.long].filter((name) => name !== undefined),
    description: option.description,
    choices: option.argChoices ?? [],
    takesValue: option.required || option.optional,
    defaultText: defaultTextOf(option),
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
