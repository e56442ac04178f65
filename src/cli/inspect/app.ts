/**
 * `pickle-inspect`: the program, put together from its commands.
 *
 * @module
 */
import { Command, CommanderError } from 'commander';
import { messageOf } from '../../errors.js';
import { ClosedPipeError } from '../kit/io.js';
import type { Io } from '../kit/io.js';
import { escapeText } from '../kit/text/escape.js';
import { loadCommands } from './commands/catalogue.js';
import { UsageError } from './commands/common.js';
import { Session } from './commands/session.js';
import { EXIT } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';
import { InputError } from './input/sources.js';
import { helpEpilogue } from './manual.js';
import { PROGRAM } from './reading/reading.js';

/** What `--version` prints. */
export interface ProgramInfo {
  readonly version: string;
}

/**
 * The program. `print` takes the text of help and usage errors.
 * @param args - Only the commands that these arguments ask for are loaded; without, all of them.
 */
export async function createProgram(
  session: Session,
  info: ProgramInfo,
  print: { readonly out: (text: string) => void; readonly err: (text: string) => void },
  args: readonly string[] = ['--help'],
): Promise<Command> {
  const program = new Command(PROGRAM)
    .description('Shows what is in a pickle. Nothing in it is ever executed, imported or called.')
    .version(info.version)
    .usage('[command] [options] [input...]')
    .addHelpText('after', helpEpilogue())
    .showHelpAfterError(`(${PROGRAM} --help tells what there is)`)
    .configureOutput({ writeOut: print.out, writeErr: print.err })
    .exitOverride();
  for (const add of await loadCommands(args)) add(program, session, info.version);
  return program;
}

/** Runs the program with the arguments after its name. Never throws; errors are told on standard error. */
export async function runInspect(args: readonly string[], io: Io, info: ProgramInfo): Promise<ExitCode> {
  const session = new Session(io);
  let out = '';
  let err = '';
  const print = {
    out: (text: string): void => void (out += text),
    err: (text: string): void => void (err += text),
  };
  let code: ExitCode;
  try {
    code = await parse(await createProgram(session, info, print, args), session, args);
    if (out !== '') await io.stdout.write(out);
    if (err !== '') await io.stderr.write(err);
  } catch (error) {
    code = await report(error, io);
  }
  return code;
}

async function parse(program: Command, session: Session, args: readonly string[]): Promise<ExitCode> {
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version are errors to commander too, with the exit code 0.
    return error.exitCode === 0 ? EXIT.clean : EXIT.usage;
  }
  return session.code ?? EXIT.clean;
}

async function report(error: unknown, io: Io): Promise<ExitCode> {
  // `| head` read all it wanted: that is no failure.
  if (error instanceof ClosedPipeError) return EXIT.clean;
  const known = error instanceof UsageError || error instanceof InputError;
  const message = messageOf(error);
  const text = known ? message : `internal error, please report it: ${message}`;
  await io.stderr.write(`${PROGRAM}: ${escapeText(text)}\n`).catch(() => undefined);
  return EXIT.usage;
}
