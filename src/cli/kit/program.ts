/**
 * A program that runs: arguments in, exit code out. Everything that it touches is given to it.
 *
 * @module
 */
import { Argument, Command, CommanderError, Option as CommanderOption } from 'commander';
import type { KitTexts } from '../lang/en/kit.js';
import { textsOf } from '../lang/texts.js';
import { allOptions } from './command.js';
import type { CommandDefinition, Example, Program } from './command.js';
import { COMPLETION_SERVER } from './completion-command.js';
import { helpForm } from './help-form.js';
import { helpIn, withComments } from './help-texts.js';
import type { HelpTexts } from './help-texts.js';
import { ClosedPipeError } from './io.js';
import type { Io } from './io.js';
import { languageOf, takeLanguage } from './language.js';
import type { Language } from './language.js';
import { environmentName, environmentPrefix } from './option.js';
import type { Option } from './option.js';
import { color, config, lang } from './options.js';
import { Settings } from './settings.js';
import type { Layers } from './settings.js';
import { chooseStyle } from './text/style.js';
import { wrap } from './text/wrap.js';

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
  const { rest, given } = takeLanguage(argv);
  let language = languageOf(program.name, given.at(-1), io);
  const parsed = await parse(program, rest, io, { version, language });
  if (typeof parsed === 'number') return parsed;
  const { definition, args } = parsed;
  const flags = given.length === 0 ? parsed.flags : new Map([...parsed.flags, [lang.name, given]]);
  let json = flags.has('json');
  try {
    const settings = new Settings(definition.options, await openLayers(program, definition, flags, io.env));
    json = settings.isSet('json');
    language = languageOf(program.name, settings.has(lang) ? settings.get(lang) : undefined, io);
    const style = chooseStyle(settings.has(color) ? settings.get(color) : 'auto', io);
    await tellStrangeVariables(program, io, language);
    return await definition.run({ args, settings, io, signal, style, language, version, program });
  } catch (error) {
    if (error instanceof ClosedPipeError) return DONE;
    const isTakenAway = signal.aborted && definition.isService !== true;
    const exitCode = program.exitCodeOf(error, isTakenAway ? String(signal.reason) : undefined);
    const texts = await textsOf('errors', language);
    await io.stderr.write(program.renderError(error, { command: definition.name, json, exitCode, texts }));
    return exitCode;
  }
}

/** What the command line asks for, or the exit code when commander has already answered (help, version, wrong usage). */
async function parse(
  program: Program,
  argv: readonly string[],
  io: Io,
  { version, language }: { readonly version: string; readonly language: Language },
): Promise<Invocation | number> {
  let invocation: Invocation | undefined;
  let out = '';
  let err = '';
  const texts = await helpIn(program, language);
  const width = io.stdout.columns ?? HELP_WIDTH;
  const parser = createParser(
    program,
    version,
    { texts, width },
    { commands: commandsUnder(program, argv[0]), invoked: (found) => (invocation = found) },
  );
  const capture = {
    writeOut: (text: string): void => void (out += text),
    writeErr: (text: string): void => void (err += text),
    getOutHelpWidth: (): number => width,
    getErrHelpWidth: (): number => io.stderr.columns ?? HELP_WIDTH,
    outputError: (text: string, write: (text: string) => void) => {
      write(texts.words.wrongUsage(text));
    },
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

/**
 * The commands that a line can mean which begins with this word. All of them where the word is none of a command, so that help
 * lists them. Making all options of all commands takes longer than most runs.
 */
function commandsUnder({ commands }: Program, word: string | undefined): readonly CommandDefinition[] {
  const found = commands.filter(({ name }) => name.split(' ')[0] === word);
  return found.length === 0 ? commands : found;
}

/** How help is written. */
interface HelpForm {
  readonly texts: HelpTexts;
  /** Columns. */
  readonly width: number;
}

/** What a parser is made for. */
interface ParserUse {
  /** The commands that it knows. Default: all of the program. */
  readonly commands?: readonly CommandDefinition[];
  readonly invoked?: (invocation: Invocation) => void;
}

/** The commander program: syntax and help alone, the work is done by whoever gets the invocation. */
export function createParser(
  program: Program,
  version: string,
  form: HelpForm,
  { commands = program.commands, invoked = () => undefined }: ParserUse = {},
): Command {
  const { texts } = form;
  const { words } = texts;
  const parser = withHelp(new Command(program.name).description(texts.description), words)
    .configureHelp(helpForm(words))
    .version(version, '-V, --version', words.version)
    .showHelpAfterError(words.helpHint(program.name))
    .addHelpText('after', () => programFooter(program, form));
  if (program.defaultCommand !== undefined)
    parser.usage(`${words.placeholders.command} ${words.placeholders.options} ${words.placeholders.input}`);
  const groups = new Map<string, Command>();
  for (const definition of commands) {
    const [group, name] = definition.name.split(' ');
    if (group === undefined || name === undefined) {
      addCommand(parser, definition.name, program, { definition, form, invoked });
      continue;
    }
    const parent = groups.get(group) ?? addGroup(parser, group, texts);
    groups.set(group, parent);
    addCommand(parent, name, program, { definition, form, invoked });
  }
  return parser;
}

/** Without one of its commands a group says what there is. */
function addGroup(parser: Command, name: string, texts: HelpTexts): Command {
  const summary = texts.commandGroup(name);
  const group = parser.command(name).summary(summary).description(`${summary}${texts.words.end}`);
  return withHelp(group, texts.words);
}

/** What commands of commander do not take over from the program. */
function withHelp(command: Command, words: KitTexts): Command {
  return command
    .helpOption('-h, --help', words.help)
    .helpCommand(`help ${words.placeholders.command}`, words.helpCommand);
}

/** What a command is made of. */
interface CommandMaking {
  readonly definition: CommandDefinition;
  readonly form: HelpForm;
  readonly invoked: (invocation: Invocation) => void;
}

function addCommand(
  parser: Command,
  name: string,
  program: Program,
  { definition, form, invoked }: CommandMaking,
): void {
  const { texts } = form;
  const { words } = texts;
  const { summary, details, args = [] } = texts.command(definition);
  const head = `${summary}${words.end}`;
  const command = parser
    .command(name, { isDefault: name === program.defaultCommand })
    .summary(summary)
    .description(details === undefined ? head : `${head}\n\n${details}`)
    .helpOption('-h, --help', words.help)
    .addHelpText('after', () => commandFooter(program, definition, form));
  for (const [index, { syntax, description, choices }] of (definition.args ?? []).entries()) {
    const argument = new Argument(syntax, args[index] ?? description);
    command.addArgument(choices === undefined ? argument : argument.choices(choices));
  }
  const flags = definition.options.flatMap((option) => {
    const flag = commanderOption(option, texts);
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

function commanderOption(option: Option<unknown>, texts: HelpTexts): CommanderOption | undefined {
  if (option.kind === 'secret') return undefined;
  const plain = texts.option(option);
  const description = option.defaultText === '' ? plain : texts.words.withDefault(plain, option.defaultText);
  const short = option.short === undefined ? '' : `-${option.short}, `;
  const flag = new CommanderOption(`${short}--${option.name} ${option.placeholder}`.trimEnd(), description).helpGroup(
    `${texts.optionGroup(option.group)}${texts.words.titles.options.slice(-1)}`,
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

async function tellStrangeVariables(program: Program, io: Io, language: Language): Promise<void> {
  const names = strangeVariables(program, io.env);
  if (names.length === 0) return;
  const { strangeVariable } = await textsOf('kit', language);
  for (const name of names) await io.stderr.write(`${program.name}: ${strangeVariable(name)}\n`);
}

function strangeVariables(program: Program, env: Io['env']): readonly string[] {
  const prefix = environmentPrefix(program.name);
  const found = Object.keys(env).filter((name) => name.startsWith(prefix));
  if (found.length === 0) return [];
  const known = new Set(allOptions(program).map((option) => environmentName(program.name, option)));
  return found.filter((name) => !known.has(name));
}

function programFooter({ name, commands }: Program, { texts, width }: HelpForm): string {
  const { words, exitMeanings, examples } = texts;
  const example = commands.flatMap(({ options }) => options).find((option) => option.name.includes('-'));
  const codes = Object.entries(exitMeanings);
  const columns = Math.max(...codes.map(([code]) => code.length));
  return [
    '',
    ...(example === undefined
      ? []
      : [wrap(words.everyOption(`--${example.name}`, environmentName(name, example)), width), '']),
    words.exitCodes,
    ...codes.map(([code, meaning]) => hanging(`  ${code.padStart(columns)}  `, meaning, width)),
    ...exampleLines(name, examples, texts),
  ].join('\n');
}

/** A text behind what it is of, its further lines under its first. */
function hanging(head: string, text: string, width: number): string {
  return head + wrap(text, width - head.length).replaceAll('\n', `\n${' '.repeat(head.length)}`);
}

function commandFooter({ name }: Program, definition: CommandDefinition, { texts, width }: HelpForm): string {
  const secrets = definition.options.filter(({ kind }) => kind === 'secret');
  const names = secrets.map((option) => environmentName(name, option));
  const columns = Math.max(...names.map(({ length }) => length));
  const examples = withComments(definition.examples, texts.command(definition).examples);
  return [
    ...(secrets.length === 0 ? [] : ['', texts.words.secrets]),
    ...secrets.map((option, index) =>
      hanging(`  ${(names[index] ?? '').padEnd(columns)}  `, texts.option(option), width),
    ),
    ...exampleLines(name, examples, texts),
  ].join('\n');
}

function exampleLines(name: string, examples: readonly Example[], { words }: HelpTexts): readonly string[] {
  if (examples.length === 0) return [];
  return ['', words.examples, ...examples.flatMap(({ line, comment }) => [`  # ${comment}`, `  ${name} ${line}`])];
}
