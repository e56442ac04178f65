/**
 * What a command is, and what it gets to do its work.
 *
 * @module
 */
import type { Io } from './io.js';
import type { Style } from './text/style.js';
import type { ExitCode } from '../bridge/exit-codes.js';
import type { Option } from './option.js';
import type { Settings } from './settings.js';

/** A positional argument. */
export interface ArgumentInfo {
  /** As commander writes it: `<name>`, `[name]`, `[name...]`. */
  readonly syntax: string;
  readonly description: string;
}

/** An example in `--help`. */
export interface Example {
  /** What follows `vnpy-bridge`. */
  readonly line: string;
  readonly comment: string;
}

/** What a command's work gets: nothing else of the process is there. */
export interface CommandContext {
  /** The positional arguments, as they were given. */
  readonly args: readonly string[];
  readonly settings: Settings;
  readonly io: Io;
  /** Fires on Ctrl-C, SIGTERM and SIGHUP; the reason is the signal's name. */
  readonly signal: AbortSignal;
  /** Paints what goes to stdout. */
  readonly style: Style;
  /** The program's version. */
  readonly version: string;
  /** All commands. */
  readonly commands: readonly CommandDefinition[];
}

/** One command. Its file holds this and no heavy import: the work is loaded when it runs. */
export interface CommandDefinition {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Further sentences for the command's own `--help`. */
  readonly details?: string;
  readonly args?: readonly ArgumentInfo[];
  readonly options: readonly Option<unknown>[];
  readonly examples?: readonly Example[];
  /**
   * Whether the command has an answer to give, which Ctrl-C takes away (exit code 130), or runs until it is told to
   * end (exit code 0).
   */
  readonly kind: 'answer' | 'service';
  readonly run: (context: CommandContext) => Promise<ExitCode>;
}
