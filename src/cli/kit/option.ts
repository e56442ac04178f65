/**
 * What an option is. From one such description come the flag, the environment variable and the key of the configuration file. So
 * do the lines of `--help` and the table in the documentation.
 *
 * @module
 */
import { ValueError } from './errors.js';
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
  readonly description: string;
  /** The letter of a short flag. */
  readonly short?: string;
}

/**
 * Makes the options that `--help` and the documentation show under one title. The name of an option that takes a value is
 * followed by what stands for the value, `timeout <time>`.
 */
export class OptionGroup {
  readonly title: string;

  constructor(title: string) {
    this.title = title;
  }

  /** With one value and a default, which is given as a user would write it. */
  value<T>(usage: string, parse: Parser<T>, info: OptionInfo & { readonly default: string }): Option<T> {
    const defaults = { defaultText: info.default, defaultValue: parse(info.default) };
    return { ...this.#base('value', usage, info), ...defaults, choices: parse.choices, read: single(parse) };
  }

  /** With one value and no default. */
  optional<T>(usage: string, parse: Parser<T>, info: OptionInfo): Option<T | undefined> {
    return { ...this.#base('value', usage, info), choices: parse.choices, read: single(parse) };
  }

  /** There or not. In the environment and the file: true or false, 1 or 0. */
  flag(name: string, info: OptionInfo): Option<boolean> {
    return { ...this.#base('flag', name, info), defaultValue: false, read: single(yesOrNo) };
  }

  /** May be given several times, each time with one value, which may hold commas. */
  repeated<T>(usage: string, parse: Parser<T>, info: OptionInfo): Option<readonly T[]> {
    const read = (texts: readonly string[]): T[] => texts.map((value) => parse(value));
    return { ...this.#base('list', usage, info), choices: parse.choices, defaultValue: [], read };
  }

  /** May be given several times, each time with one value or several with commas between them. */
  list<T>(usage: string, parse: Parser<T>, info: OptionInfo): Option<readonly T[]> {
    const option = this.repeated(usage, parse, info);
    const separate = (text: string): string[] => text.split(',').map((value) => value.trim());
    return { ...option, read: (texts) => option.read(texts.flatMap(separate).filter((value) => value !== '')) };
  }

  /** Only an environment variable, or a file that another option names. */
  secret(name: string, info: OptionInfo): Option<string | undefined> {
    return { ...this.#base('secret', name, info), read: single((value) => value) };
  }

  #base(kind: OptionKind, usage: string, { description, short }: OptionInfo): Omit<Option<undefined>, 'read'> {
    const [name = '', placeholder = ''] = usage.split(' ', 2);
    const none = { choices: undefined, defaultText: '', defaultValue: undefined };
    return { name, kind, short, group: this.title, description, placeholder, ...none };
  }
}

function yesOrNo(value: string): boolean {
  if (value === 'true' || value === '1') return true;
  if (value === 'false' || value === '0') return false;
  throw new ValueError((values) => values.yesOrNo);
}

/** What the names of a program's environment variables begin with. */
export function environmentPrefix(program: string): string {
  return `${program.toUpperCase().replaceAll('-', '_')}_`;
}

/** The environment variable of an option. */
export function environmentName(program: string, { name }: Pick<Option<unknown>, 'name'>): string {
  return environmentPrefix(program) + name.toUpperCase().replaceAll('-', '_');
}

function single<T>(parse: Parser<T>): (texts: readonly string[]) => T {
  return (texts) => {
    const [value, ...more] = texts;
    if (value === undefined || more.length > 0) throw new ValueError(({ oneValue }) => oneValue);
    return parse(value);
  };
}
