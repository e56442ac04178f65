/**
 * The program: arguments in, exit code out. Everything that it touches is given to it.
 *
 * @module
 */
import { Command, CommanderError, Option as CommanderOption } from 'commander';
import { ClosedPipeError } from './io.js';
import type { Io } from './io.js';
import { chooseStyle } from './text/style.js';
import type { CommandDefinition } from './command.js';
import { COMMANDS } from '../bridge/commands/index.js';
import { exitCodeOf, interruptedExit } from './errors.js';
import { EXIT } from '../bridge/exit-codes.js';
import type { ExitCode } from '../bridge/exit-codes.js';
import { renderError } from '../bridge/output/error.js';
import { ENVIRONMENT_PREFIX, environmentName } from './option.js';
import type { Option } from './option.js';
import { color, config, json } from '../bridge/options.js';
import { Settings } from './settings.js';
import type { Layers } from './settings.js';

/** What the command line asks for. */
interface Invocation {
  readonly definition: CommandDefinition;
  readonly args: readonly string[];
  readonly flags: ReadonlyMap<string, readonly string[]>;
}

/** What a run needs beside its arguments. */
export interface RunOptions {
  readonly io: Io;
  /** Tells the run to end; the reason is the signal's name. */
  readonly signal: AbortSignal;
  readonly version: string;
}

/**
 * Runs `vnpy-bridge` once. Never rejects.
 *
 * @param argv - The arguments after the program's name.
 */
export async function runBridge(argv: readonly string[], options: RunOptions): Promise<ExitCode> {
  try {
    return await run(argv, options);
  } catch (error) {
    // Only the streams themselves can have failed here: there is nobody to tell.
    return error instanceof ClosedPipeError ? EXIT.ok : EXIT.internal;
  }
}

async function run(argv: readonly string[], { io, signal, version }: RunOptions): Promise<ExitCode> {
  const parsed = await parse(argv, io, version);
  if (typeof parsed === 'number') return parsed;
  const { definition, args, flags } = parsed;
  let asJson = flags.has(json.name);
  try {
    const layers = await openLayers(definition, flags, io.env);
    const settings = new Settings(definition.options, layers);
    asJson = settings.get(json);
    const style = chooseStyle(settings.get(color), io);
    for (const line of strangeVariables(io.env)) await io.stderr.write(`vnpy-bridge: ${line}\n`);
    return await definition.run({ args, settings, io, signal, style, version, commands: COMMANDS });
  } catch (error) {
    if (error instanceof ClosedPipeError) return EXIT.ok;
    const interrupted = signal.aborted && definition.kind === 'answer';
    const code = interrupted ? interruptedExit(signal.reason) : exitCodeOf(error);
    await io.stderr.write(renderError(error, { command: definition.name, json: asJson, exitCode: code }));
    return code;
  }
}

/** What the command line asks for, or the exit code when commander has already answered (help, version, wrong usage). */
async function parse(argv: readonly string[], io: Io, version: string): Promise<Invocation | ExitCode> {
  let invocation: Invocation | undefined;
  let out = '';
  let err = '';
  const program = createProgram(version, (found) => {
    invocation = found;
  });
  const capture = {
    writeOut: (text: string): void => {
      out += text;
    },
    writeErr: (text: string): void => {
      err += text;
    },
    getOutHelpWidth: (): number => io.stdout.columns ?? 100,
    getErrHelpWidth: (): number => io.stderr.columns ?? 100,
  };
  for (const command of [program, ...program.commands]) command.exitOverride().configureOutput(capture);
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    await io.stdout.write(out);
    await io.stderr.write(err);
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
  return invocation ?? EXIT.usage;
}

/** The commander program: syntax and help alone, the work is done by whoever gets the invocation. */
export function createProgram(version: string, invoked: (invocation: Invocation) => void): Command {
  const program = new Command('vnpy-bridge')
    .description('Look at, record, replay, simulate and relay vnpy servers.')
    .version(version, '-V, --version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .showSuggestionAfterError()
    .addHelpText('after', PROGRAM_FOOTER);
  for (const definition of COMMANDS) {
    const command = program
      .command(definition.name)
      .summary(definition.summary)
      .description(describe(definition))
      .helpOption('-h, --help', 'show help')
      .addHelpText('after', () => footer(definition));
    for (const { syntax, description } of definition.args ?? []) command.argument(syntax, description);
    const flags = definition.options.flatMap((option) => {
      const flag = commanderOption(option);
      if (flag === undefined) return [];
      command.addOption(flag);
      return [{ option, flag }];
    });
    command.action(() => {
      const values = command.opts<Record<string, unknown>>();
      const given = flags.flatMap(({ option, flag }): [string, readonly string[]][] => {
        const value = values[flag.attributeName()];
        if (value === undefined) return [];
        // A flag is true; anything else was gathered by the parser of `commanderOption`.
        return [[option.name, value === true ? ['true'] : (value as readonly string[])]];
      });
      invoked({ definition, args: command.args, flags: new Map(given) });
    });
  }
  return program;
}

function commanderOption(option: Option<unknown>): CommanderOption | undefined {
  if (option.kind === 'secret') return undefined;
  const description =
    option.defaultText === '' ? option.description : `${option.description} (default: ${option.defaultText})`;
  const flag = new CommanderOption(
    option.kind === 'flag' ? `--${option.name}` : `--${option.name} ${option.placeholder}`,
    description,
  ).helpGroup(`${option.group}:`);
  // Every text given is kept: two values for one that takes one is an error, not the last.
  return option.kind === 'flag'
    ? flag
    : flag.argParser<readonly string[] | undefined>((text, previous) =>
        previous === undefined ? [text] : [...previous, text],
      );
}

async function openLayers(
  definition: CommandDefinition,
  flags: ReadonlyMap<string, readonly string[]>,
  env: Io['env'],
): Promise<Layers> {
  const path = new Settings([config], { flags, env, file: undefined }).get(config);
  if (path === undefined) return { flags, env, file: undefined };
  const { readConfigFile } = await import('./config-file.js');
  const vocabulary = { options: allOptions(), commands: COMMANDS.map(({ name }) => name) };
  return { flags, env, file: await readConfigFile(path, definition.name, vocabulary) };
}

/** Every option of every command, once. */
export function allOptions(): readonly Option<unknown>[] {
  return [...new Set(COMMANDS.flatMap(({ options }) => options))];
}

function strangeVariables(env: Io['env']): readonly string[] {
  const known = new Set(allOptions().map(environmentName));
  return Object.keys(env)
    .filter((name) => name.startsWith(ENVIRONMENT_PREFIX) && !known.has(name))
    .map((name) => `the environment variable ${name} means nothing here`);
}

function describe({ summary, details }: CommandDefinition): string {
  return details === undefined ? `${summary}.` : `${summary}.\n\n${details}`;
}

const PROGRAM_FOOTER = `
Each option is also an environment variable (--rotate-size is VNPY_BRIDGE_ROTATE_SIZE) and a key of the file that
--config names. The command line goes first, then the environment, then the file.

Exit codes: 0 done, 1 the server's answer is no, 2 nobody answered and nothing has happened, 3 a request left and was
not answered, 4 wrong usage, 130 Ctrl-C before the answer.`;

function footer({ options, examples = [] }: CommandDefinition): string {
  const secrets = options.filter(({ kind }) => kind === 'secret');
  const lines: string[] = [];
  if (secrets.length > 0) {
    lines.push('', 'Secrets, only by environment variable or file:');
    const names = secrets.map(environmentName);
    const width = Math.max(...names.map(({ length }) => length));
    lines.push(...secrets.map((option, index) => `  ${(names[index] ?? '').padEnd(width)}  ${option.description}`));
  }
  if (examples.length > 0) {
    lines.push('', 'Examples:');
    for (const { line, comment } of examples) lines.push(`  # ${comment}`, `  vnpy-bridge ${line}`);
  }
  return lines.join('\n');
}
