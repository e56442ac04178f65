/**
 * One value for each option: from the command line, else the environment, else the configuration file, else the default.
 *
 * @module
 */
import { CliError, tell } from './errors.js';
import { environmentName } from './option.js';
import type { Option } from './option.js';

/** The texts of a configuration file's options for one command: its own section goes before the rest. */
export interface ConfigFile {
  readonly path: string;
  readonly texts: ReadonlyMap<string, readonly string[]>;
}

/** Where a value came from. */
export type Origin = 'flag' | 'environment' | 'file' | 'default';

/** What may give values, in the order of precedence. */
export interface Layers {
  /** The program's name, which its environment variables begin with. */
  readonly program: string;
  /** Texts by option name. */
  readonly flags: ReadonlyMap<string, readonly string[]>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly file: ConfigFile | undefined;
}

interface Resolved {
  readonly value: unknown;
  readonly origin: Origin;
}

/** The values of a command's options. */
export class Settings {
  readonly #values: ReadonlyMap<Option<unknown>, Resolved>;
  readonly #program: string;

  /** @throws {@link CliError} that names the place and what is wrong with the value there. */
  constructor(options: readonly Option<unknown>[], layers: Layers) {
    this.#values = new Map(options.map((option) => [option, resolve(option, layers)]));
    this.#program = layers.program;
  }

  /** Whether the command has an option. */
  has(option: Option<unknown>): boolean {
    return this.#values.has(option);
  }

  /** Whether the command has a flag of this name, and it is set. */
  isSet(name: string): boolean {
    return [...this.#values].some(([option, { value }]) => option.name === name && value === true);
  }

  /** The value of an option that the command has. */
  get<T>(option: Option<T>): T {
    // The map holds under each option what its own `read` returned, or its default.
    return this.#resolved(option).value as T;
  }

  /** Where the value came from. */
  origin(option: Option<unknown>): Origin {
    return this.#resolved(option).origin;
  }

  /** The environment variable of an option. */
  variable(option: Option<unknown>): string {
    return environmentName(this.#program, option);
  }

  /** What nobody else may see: the values of all options that are secrets. */
  secrets(): readonly string[] {
    return [...this.#values].flatMap(([{ kind }, { value }]) =>
      kind === 'secret' && typeof value === 'string' ? [value] : [],
    );
  }

  #resolved(option: Option<unknown>): Resolved {
    const resolved = this.#values.get(option);
    if (resolved === undefined) throw new Error(`this command does not declare the option ${option.name}`);
    return resolved;
  }
}

function resolve(option: Option<unknown>, { program, flags, env, file }: Layers): Resolved {
  const given = flags.get(option.name);
  if (given !== undefined) return { value: read(option, given, `--${option.name}`), origin: 'flag' };
  const variable = environmentName(program, option);
  const text = env[variable];
  // An empty variable is how a unit file or a shell takes a value back.
  if (text !== undefined && text !== '') return { value: read(option, [text], variable), origin: 'environment' };
  const texts = file?.texts.get(option.name);
  if (file !== undefined && texts !== undefined)
    return { value: read(option, texts, `${file.path}: "${option.name}"`), origin: 'file' };

  return { value: option.defaultValue, origin: 'default' };
}

function read(option: Option<unknown>, texts: readonly string[], where: string): unknown {
  try {
    return option.read(texts);
  } catch (error) {
    const shown = option.kind === 'secret' ? '' : ` ${JSON.stringify(texts.join(','))}`;
    throw new CliError('USAGE', (texts) => texts.wrongValue(where, shown, tell(error, texts)), { cause: error });
  }
}
