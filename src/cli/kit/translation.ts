/**
 * What another language than English has to say in a program's help.
 *
 * @module
 */
import type { Option, OptionGroup } from './option.js';

/** The texts of one command. */
export interface CommandTexts {
  readonly summary: string;
  readonly details?: string;
  /** Of each argument. */
  readonly args?: readonly string[];
  /** The comment of each example. */
  readonly examples?: readonly string[];
}

/** A program's help in another language. */
export interface Translation {
  readonly description: string;
  readonly commands: Readonly<Record<string, CommandTexts>>;
  /** One line for each group of commands. */
  readonly groups: Readonly<Record<string, string>>;
  /** The comments of the program's examples. */
  readonly examples: readonly string[];
  readonly exitMeanings: Readonly<Record<number, string>>;
  readonly options: ReadonlyMap<Option<unknown> | OptionGroup, string>;
}
