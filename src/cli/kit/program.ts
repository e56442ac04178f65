/**
 * A program that runs: arguments in, exit code out. Everything that it touches is given to it.
 *
 * @module
 */
import { Argument, Command, CommanderError, Option as CommanderOption } from 'commander';
import { allOptions } from './command.js';
import type { CommandDefinition, Example, Program } from './command.js';
import { COMPLETION_SERVER } from './completion-command.js';
import { ClosedPipeError } from './io.js';
import type { Io } from './io.js';
import { environmentName, environmentPrefix } from './option.js';
import type { Option } from './option.js';
import { color, config } from './options.js';
import { Settings } from './settings.js';
import type { Layers } from './settings.js';
import { chooseStyle } from './text/style.js';

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

/** The exit codes that every program has. */
const DONE = 0;
const USAGE = 4;

/**
 * Runs a program once. Never rejects.
 *
 * @param argv - The arguments after the program's name.
 * @returns The exit code.
 */
export async function runProgram(program: Program, argv: readonly string[], options: RunOptions): Promise<number> {
  try {
    if (argv[0] === COMPLETION_SERVER) {
      const { serveCompletion } = await import('./completion.js');
      await serveCompletion(program, options.io);
      return DONE;
    }
    return await run(program, argv, options);
  } catch (error) {
    // Only the streams themselves can have failed here: there is nobody to tell.
    return error instanceof ClosedPipeError ? DONE : program.exitCodeOf(error);
  }
}

async function run(program: Program, argv: readonly string[], { io, signal, version }: RunOptions): Promise<number> {
  const parsed = await parse(program, argv, io, version);
  if (typeof parsed === 'number') return parsed;
  const { definition, args, flags } = parsed;
  let json = flags.has('json');
  try {
    const settings = new Settings(definition.options, await openLayers(program, definition, flags, io.env));
    json = settings.isSet('json');
    const style = chooseStyle(settings.has(color) ? settings.get(color) : 'auto', io);
    for (const line of strangeVariables(program, io.env)) await io.stderr.write(`${program.name}: ${line}\n`);
    return await definition.run({ args, settings, io, signal, style, version, program });
  } catch (error) {
    if (error instanceof ClosedPipeError) return DONE;
    const isTakenAway = signal.aborted && definition.isService !== true;
    const exitCode = program.exitCodeOf(error, isTakenAway ? String(signal.reason) : undefined);
    await io.stderr.write(program.renderError(error, { command: definition.name, json, exitCode }));
    return exitCode;
  }
}

/** What the command line asks for, or the exit code when commander has already answered (help, version, wrong usage). */
async function parse(program: Program, argv: readonly string[], io: Io, version: string): Promise<Invocation | number> {
  let invocation: Invocation | undefined;
  let out = '';
  let err = '';
  const parser = createParser(program, version, (found) => {
    invocation = found;
  });
  const capture = {
    writeOut: (text: string): void => void (out += text),
    writeErr: (text: string): void => void (err += text),
    getOutHelpWidth: (): number => io.stdout.columns ?? HELP_WIDTH,
    getErrHelpWidth: (): number => io.stderr.columns ?? HELP_WIDTH,
  };
  for (const command of withSubcommands(parser)) command.exitOverride().configureOutput(capture);
  try {
    await parser.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    await io.stdout.write(out);
    await io.stderr.write(err);
    return error.exitCode === 0 ? DONE : USAGE;
  }
  return invocation ?? USAGE;
}

const HELP_WIDTH = 100;

function withSubcommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

/** The commander program: syntax and help alone, the work is done by whoever gets the invocation. */
export function createParser(
  program: Program,
  version: string,
  invoked: (invocation: Invocation) => void = () => undefined,
): Command {
  const parser = new Command(program.name)
    .description(program.description)
    .version(version, '-V, --version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .showHelpAfterError(`(${program.name} --help tells what there is)`)
    .addHelpText('after', () => programFooter(program));
  if (program.defaultCommand !== undefined) parser.usage('[command] [options] [input...]');
  const groups = new Map<string, Command>();
  for (const definition of program.commands) {
    const [group, name] = definition.name.split(' ');
    if (group === undefined || name === undefined) {
      addCommand(parser, definition.name, program, definition, invoked);
      continue;
    }
    const parent = groups.get(group) ?? addGroup(parser, group, program);
    groups.set(group, parent);
    addCommand(parent, name, program, definition, invoked);
  }
  return parser;
}

/** Without one of its commands a group says what there is. */
function addGroup(parser: Command, name: string, { groups = {} }: Program): Command {
  const summary = groups[name] ?? '';
  return parser
    .command(name)
    .summary(summary)
    .description(`${summary}.`)
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command');
}

function addCommand(
  parser: Command,
  name: string,
  program: Program,
  definition: CommandDefinition,
  invoked: (invocation: Invocation) => void,
): void {
  const { summary, details } = definition;
  const command = parser
    .command(name, { isDefault: name === program.defaultCommand })
    .summary(summary)
    .description(details === undefined ? `${summary}.` : `${summary}.\n\n${details}`)
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', () => commandFooter(program, definition));
  for (const { syntax, description, choices } of definition.args ?? []) {
    const argument = new Argument(syntax, description);
    command.addArgument(choices === undefined ? argument : argument.choices(choices));
  }
  const flags = definition.options.flatMap((option) => {
    const flag = commanderOption(option);
    if (flag === undefined) return [];
    command.addOption(flag);
    return [{ option, flag }];
  });
  command.action(() => {
    const values = command.opts<Record<string, unknown>>();
    const given = flags.flatMap(({ option, flag }): [string, readonly string[]][] => {
      const attribute = flag.attributeName();
      // Of a flag it counts that it is there: for --no-x commander has the value true where it is not.
      if (command.getOptionValueSource(attribute) !== 'cli') return [];
      return [[option.name, option.kind === 'flag' ? ['true'] : (values[attribute] as readonly string[])]];
    });
    invoked({ definition, args: command.args, flags: new Map(given) });
  });
}

function commanderOption(option: Option<unknown>): CommanderOption | undefined {
  if (option.kind === 'secret') return undefined;
  const description =
    option.defaultText === '' ? option.description : `${option.description} (default: ${option.defaultText})`;
  const short = option.short === undefined ? '' : `-${option.short}, `;
  const flag = new CommanderOption(`${short}--${option.name} ${option.placeholder}`.trimEnd(), description).helpGroup(
    `${option.group}:`,
  );
  // Every text given is kept: two values for one that takes one is an error, not the last.
  return option.kind === 'flag'
    ? flag
    : flag.argParser<readonly string[] | undefined>((text, previous) =>
        previous === undefined ? [text] : [...previous, text],
      );
}

async function openLayers(
  program: Program,
  definition: CommandDefinition,
  flags: ReadonlyMap<string, readonly string[]>,
  env: Io['env'],
): Promise<Layers> {
  const given = { program: program.name, flags, env, file: undefined };
  const path = new Settings([config], given).get(config);
  if (path === undefined) return given;
  const { readConfigFile } = await import('./config-file.js');
  return { ...given, file: await readConfigFile(path, definition.name, program) };
}

function strangeVariables(program: Program, env: Io['env']): readonly string[] {
  const prefix = environmentPrefix(program.name);
  const found = Object.keys(env).filter((name) => name.startsWith(prefix));
  if (found.length === 0) return [];
  const known = new Set(allOptions(program).map((option) => environmentName(program.name, option)));
  return found.filter((name) => !known.has(name)).map((name) => `the environment variable ${name} means nothing here`);
}

function programFooter({ name, commands, exitMeanings, examples = [] }: Program): string {
  const example = commands.flatMap(({ options }) => options).find((option) => option.name.includes('-'));
  const codes = Object.entries(exitMeanings);
  const width = Math.max(...codes.map(([code]) => code.length));
  return [
    '',
    ...(example === undefined
      ? []
      : [
          `Each option is also an environment variable (--${example.name} is ${environmentName(name, example)}) and a key of`,
          'the file that --config names. The command line goes first, then the environment, then the file.',
          '',
        ]),
    'Exit codes:',
    ...codes.map(([code, meaning]) => `  ${code.padStart(width)}  ${meaning}`),
    ...exampleLines(name, examples),
  ].join('\n');
}

function commandFooter({ name }: Program, { options, examples = [] }: CommandDefinition): string {
  const secrets = options.filter(({ kind }) => kind === 'secret');
  const names = secrets.map((option) => environmentName(name, option));
  const width = Math.max(...names.map(({ length }) => length));
  return [
    ...(secrets.length === 0 ? [] : ['', 'Secrets, only by environment variable or file:']),
    ...secrets.map((option, index) => `  ${(names[index] ?? '').padEnd(width)}  ${option.description}`),
    ...exampleLines(name, examples),
  ].join('\n');
}

function exampleLines(name: string, examples: readonly Example[]): readonly string[] {
  if (examples.length === 0) return [];
  return ['', 'Examples:', ...examples.flatMap(({ line, comment }) => [`  # ${comment}`, `  ${name} ${line}`])];
}
