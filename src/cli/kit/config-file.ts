/**
 * The configuration file: JSON with options by name, and sections for single commands.
 *
 * ```json
 * { "request": "tcp://10.0.0.5:2014", "record": { "rotate-size": "1GiB" } }
 * ```
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import { suggest } from '../../options.js';
import { allOptions } from './command.js';
import type { Program } from './command.js';
import { CliError, tell } from './errors.js';
import { environmentName } from './option.js';
import type { ConfigFile } from './settings.js';

/**
 * Reads a configuration file for one command.
 * @throws {@link CliError} that names the file, the key and what is wrong with it.
 */
export async function readConfigFile(path: string, command: string, program: Program): Promise<ConfigFile> {
  let content: string;
  try {
    content = await readFile(path, 'utf8');
  } catch (error) {
    throw new CliError('FILE', (texts) => texts.cannotReadConfig(path, tell(error, texts)), { cause: error });
  }
  return { path, texts: parseConfig(content, path, command, program) };
}

function parseConfig(
  content: string,
  path: string,
  command: string,
  program: Program,
): ReadonlyMap<string, readonly string[]> {
  let parsed: unknown;
  try {
    // Editors on Windows put a byte order mark in front.
    parsed = JSON.parse(content.replace(/^\ufeff/, ''));
  } catch (error) {
    throw new CliError('FILE', (texts) => texts.noJson(path, tell(error, texts)), { cause: error });
  }
  if (!isObject(parsed)) throw new CliError('FILE', (texts) => texts.configNoObject(path));

  const general = new Map<string, readonly string[]>();
  const own = new Map<string, readonly string[]>();
  for (const [key, value] of Object.entries(parsed)) {
    if (!program.commands.some(({ name }) => name === key)) {
      general.set(key, textsOf(key, value, path, program));
    } else if (!isObject(value)) {
      throw new CliError('FILE', (texts) => texts.configSection(path, key));
    } else {
      for (const [name, inner] of Object.entries(value)) {
        const texts = textsOf(name, inner, `${path}: "${key}"`, program);
        if (key === command) own.set(name, texts);
      }
    }
  }
  return new Map([...general, ...own]);
}

function textsOf(key: string, value: unknown, where: string, program: Program): readonly string[] {
  const options = allOptions(program);
  const option = options.find(({ name }) => name === key);
  if (option === undefined) {
    const near = suggest(
      key,
      [...options, ...program.commands].map(({ name }) => name),
    );
    throw new CliError('FILE', (texts) => texts.configNoOption(where, key, near));
  }
  if (option.kind === 'secret')
    throw new CliError('FILE', (texts) => texts.configSecret(where, key, environmentName(program.name, option)));

  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.map((item) => {
    if (typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean') return String(item);
    throw new CliError('FILE', (texts) => texts.configValue(where, key));
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
