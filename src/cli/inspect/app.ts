/**
 * `pickle-inspect`: the program, put together from its commands.
 *
 * @module
 */
import { Command, CommanderError } from 'commander';
import { ClosedPipeError } from '../io.js';
import type { Io } from '../io.js';
import { escapeText } from '../text/escape.js';
import * as commands from './commands/index.js';
import { UsageError } from './commands/common.js';
import { Session } from './commands/session.js';
import { EXIT } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';
import { InputError } from './input/sources.js';
import { helpEpilogue } from './manual.js';
import { PROGRAM } from './reading.js';

/** What `--version` prints. */
export interface ProgramInfo {
  readonly version: string;
}

/** The program with all its commands. `print` takes the text of help and usage errors. */
export function createProgram(
  session: Session,
  info: ProgramInfo,
  print: { readonly out: (text: string) => void; readonly err: (text: string) => void },
): Command {
  const program = new Command(PROGRAM)
    .description('Shows what is in a pickle. Nothing in it is ever executed, imported or called.')
    .version(info.version)
    .usage('[command] [options] [input...]')
    .addHelpText('after', helpEpilogue())
    .showHelpAfterError(`(${PROGRAM} --help tells what there is)`)
    .configureOutput({ writeOut: print.out, writeErr: print.err })
    .exitOverride();
  commands.addShow(program, session);
  commands.addOps(program, session);
  commands.addHex(program, session);
  commands.addJson(program, session);
  commands.addPy(program, session);
  commands.addJs(program, session);
  commands.addPack(program, session);
  commands.addRepack(program, session);
  commands.addSelect(program, session);
  commands.addCheck(program, session, info.version);
  commands.addDiff(program, session);
  commands.addStats(program, session);
  commands.addLint(program, session);
  commands.addHtml(program, session);
  commands.addExplain(program, session);
  commands.addCompletion(program, session);
  commands.addMan(program, session, info.version);
  return program;
}

/** Runs the program with the arguments after its name. Never throws; errors are told on standard error. */
export async function runInspect(args: readonly string[], io: Io, info: ProgramInfo): Promise<ExitCode> {
  const session = new Session(io);
  let out = '';
  let err = '';
  const program = createProgram(session, info, {
    out: (text) => (out += text),
    err: (text) => (err += text),
  });
  let code: ExitCode;
  try {
    code = await parse(program, session, args);
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
  const message = error instanceof Error ? error.message : String(error);
  const text = known ? message : `internal error, please report it: ${message}`;
  await io.stderr.write(`${PROGRAM}: ${escapeText(text)}\n`).catch(() => undefined);
  return EXIT.usage;
}
