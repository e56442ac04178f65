/**
 * What a program and its commands are, and what a command gets to do its work. From these declarations come the
 * parser, `--help`, the settings, the tables of the documents and the completion.
 *
 * @module
 */
import type { ErrorTexts } from '../lang/en/errors.js';
import type { Io } from './io.js';
import type { Language } from './language.js';
import type { Option } from './option.js';
import type { Settings } from './settings.js';
import type { Style } from './text/style.js';
import type { Translation } from './translation.js';

/** A positional argument. */
export interface ArgumentInfo {
  /** As commander writes it: `<name>`, `[name]`, `[name...]`. */
  readonly syntax: string;
  readonly description: string;
  /** The words that it may be; none for anything, file names first. */
  readonly choices?: readonly string[];
}

/** An example in `--help`. */
export interface Example {
  /** What follows the program's name. */
  readonly line: string;
  readonly comment: string;
}

/** What a command's work gets: nothing else of the process is there. */
export interface CommandContext {
  /** The positional arguments, as they were given. */
  readonly args: readonly string[];
  readonly settings: Settings;
  readonly io: Io;
  /** Fires on Ctrl-C, SIGTERM and SIGHUP, where the program listens to them; the reason is the signal's name. */
  readonly signal: AbortSignal;
  /** Paints what goes to stdout. */
  readonly style: Style;
  /** What a person reads is in this language. JSON, CSV and codes are in none. */
  readonly language: Language;
  /** The program's version. */
  readonly version: string;
  /** The whole program. */
  readonly program: Program;
}

/** One command. Its file holds this and no heavy import: the work is loaded when it runs. */
export interface CommandDefinition {
  /** One word, or two: `guard check` is the command `check` of the group `guard`. */
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Further sentences for the command's own `--help`. */
  readonly details?: string;
  readonly args?: readonly ArgumentInfo[];
  readonly options: readonly Option<unknown>[];
  readonly examples?: readonly Example[];
  /** Runs until it is told to end. Another command has an answer to give, which a signal takes away. Default false. */
  readonly isService?: boolean;
  readonly run: CommandWork;
}

/** @returns The exit code. */
export type CommandWork = (context: CommandContext) => Promise<number>;

/** The work of a command, by the name of its function: its file is loaded when the command runs. */
export function workOf<const Name extends string>(
  load: () => Promise<Readonly<Record<Name, CommandWork>>>,
  name: Name,
): CommandWork {
  return async (context) => {
    const work = await load();
    return work[name](context);
  };
}

/** A command with its texts in its type: one that a catalogue of another language lacks does not compile then. */
export function command<const Definition extends CommandDefinition>(definition: Definition): Definition {
  return definition;
}

/** Several, as {@link command}. */
export function commands<const Definitions extends readonly CommandDefinition[]>(
  definitions: Definitions,
): Definitions {
  return definitions;
}

/** Commands with one more option, which each of them has. */
export function everywhere(all: readonly CommandDefinition[], option: Option<unknown>): readonly CommandDefinition[] {
  return all.map((definition) => ({ ...definition, options: [...definition.options, option] }));
}

/** How an error is shown. */
export interface ErrorView {
  readonly command: string;
  readonly json: boolean;
  readonly exitCode: number;
  readonly texts: ErrorTexts;
}

/** A program. */
export interface Program {
  readonly name: string;
  readonly description: string;
  /** All commands, in the order of `--help`. */
  readonly commands: readonly CommandDefinition[];
  /** One line for each group of commands. */
  readonly groups?: Readonly<Record<string, string>>;
  /** The command that runs when none is named. */
  readonly defaultCommand?: string;
  readonly examples?: readonly Example[];
  /** What each exit code means. 0 is done, 4 is wrong usage. */
  readonly exitMeanings: Readonly<Record<number, string>>;
  /** The help in the languages other than English, which is that of the declarations. */
  readonly translations?: Readonly<Partial<Record<Language, () => Promise<Translation>>>>;
  /** The exit code for an error; `endedBy` is the signal that took away the answer. */
  readonly exitCodeOf: (error: unknown, endedBy?: string) => number;
  /** The text for stderr, with its end of line. */
  readonly renderError: (error: unknown, view: ErrorView) => string;
}

/** Every option of every command, once. */
export function allOptions({ commands }: Pick<Program, 'commands'>): readonly Option<unknown>[] {
  return [...new Set(commands.flatMap(({ options }) => options))];
}
