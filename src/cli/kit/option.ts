/**
 * What an option is. From one such description come the flag, the environment variable, the key of the configuration
 * file, the lines of `--help` and the table in the documentation.
 *
 * @module
 */
import type { Parser } from './parsers.js';

/** How an option is given on the command line. */
export type OptionKind =
  /** `--timeout 5s` */
  | 'value'
  /** `--json` */
  | 'flag'
  /** `--type eTick. --type eTrade.`, or separated by commas. */
  | 'list'
  /** Not at all: every user of a machine can read the arguments of its processes. */
  | 'secret';

/** One option, and how its texts become a value of type T. */
export interface Option<T> {
  /** The name, in kebab-case: of the flag, and of the key in the configuration file. */
  readonly name: string;
  /** The letter of a short flag. */
  readonly short: string | undefined;
  readonly kind: OptionKind;
  /** What stands for the value in `--help`. */
  readonly placeholder: string;
  /** The group under which `--help` and the documentation show it. */
  readonly group: string;
  /** A sentence without a full stop. */
  readonly description: string;
  /** The words that it may be; undefined for anything. */
  readonly choices: readonly string[] | undefined;
  /** The default as the documentation shows it; empty for none. */
  readonly defaultText: string;
  /** The value when nobody gives one. */
  readonly defaultValue: T;
  /** Reads all the texts given: one, or for a list any number. */
  readonly read: (texts: readonly string[]) => T;
}

/** What all makers of options take. */
export interface OptionInfo {
  readonly group: string;
  readonly description: string;
  /** The letter of a short flag. */
  readonly short?: string;
}

/** An option with one value and a default, which is given as a user would write it. */
export function valueOption<T>(
  name: string,
  placeholder: string,
  parse: Parser<T>,
  info: OptionInfo & { readonly default: string },
): Option<T> {
  return {
    ...optionalOption(name, placeholder, parse, info),
    defaultText: info.default,
    defaultValue: parse(info.default),
    read: single(parse),
  };
}

/** An option with one value and no default. */
export function optionalOption<T>(
  name: string,
  placeholder: string,
  parse: Parser<T>,
  info: OptionInfo,
): Option<T | undefined> {
  return { ...base(name, 'value', info), placeholder, choices: parse.choices, read: single(parse) };
}

/** An option that is there or not. In the environment and the file: true or false, 1 or 0. */
export function flagOption(name: string, info: OptionInfo): Option<boolean> {
  return {
    ...base(name, 'flag', info),
    defaultValue: false,
    read: single((value) => {
      if (value === 'true' || value === '1') return true;
      if (value === 'false' || value === '0') return false;
      throw new Error('must be true or false');
    }),
  };
}

/** An option that may be given several times, each time with one value or several with commas between them. */
export function listOption<T>(
  name: string,
  placeholder: string,
  parse: Parser<T>,
  info: OptionInfo,
): Option<readonly T[]> {
  return {
    ...repeatedOption(name, placeholder, parse, info),
    read: (texts) =>
      texts
        .flatMap((value) => value.split(','))
        .map((value) => value.trim())
        .filter((value) => value !== '')
        .map((value) => parse(value)),
  };
}

/** An option that may be given several times, each time with one value, which may hold commas. */
export function repeatedOption<T>(
  name: string,
  placeholder: string,
  parse: Parser<T>,
  info: OptionInfo,
): Option<readonly T[]> {
  return {
    ...base(name, 'list', info),
    placeholder,
    choices: parse.choices,
    defaultValue: [],
    read: (texts) => texts.map((value) => parse(value)),
  };
}

/** A secret: only an environment variable, or a file that another option names. */
export function secretOption(name: string, info: OptionInfo): Option<string | undefined> {
  return { ...base(name, 'secret', info), read: single((value) => value) };
}

/** What the names of a program's environment variables begin with. */
export function environmentPrefix(program: string): string {
  return `${program.toUpperCase().replaceAll('-', '_')}_`;
}

/** The environment variable of an option. */
export function environmentName(program: string, { name }: Pick<Option<unknown>, 'name'>): string {
  return environmentPrefix(program) + name.toUpperCase().replaceAll('-', '_');
}

function base(
  name: string,
  kind: OptionKind,
  { group, description, short }: OptionInfo,
): Omit<Option<undefined>, 'read'> {
  return {
    ...{ name, kind, short, group, description, placeholder: '' },
    ...{ choices: undefined, defaultText: '', defaultValue: undefined },
  };
}

function single<T>(parse: Parser<T>): (texts: readonly string[]) => T {
  return (texts) => {
    const [value, ...more] = texts;
    if (value === undefined || more.length > 0) throw new Error('takes one value');
    return parse(value);
  };
}
