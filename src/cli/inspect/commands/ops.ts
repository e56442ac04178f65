/**
 * `pickle-inspect ops`: the opcodes.
 *
 * @module
 */
import { Option } from 'commander';
import type { Command } from 'commander';
import { disassembly } from '../../../pickle/disassemble.js';
import { UnpicklingError } from '../../../pickle/errors.js';
import { opcodeNamed } from '../../../pickle/opcodes.js';
import { tokens } from '../../../pickle/tokens.js';
import type { Io } from '../../io.js';
import { writeAll } from '../../io.js';
import { escapeText } from '../../text/escape.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { levelOf } from '../findings/finding.js';
import { PathIndex } from '../lens/paths.js';
import type { Message } from '../messages.js';
import { PROGRAM, Reading } from '../reading.js';
import { renderFindings } from '../render/findings.js';
import { heading } from '../render/heading.js';
import { listingHeading, writeListing } from '../render/listing.js';
import type { ListingOptions } from '../render/listing.js';
import {
  addInputOptions,
  addOutputOptions,
  damageCode,
  parseCount,
  parseRange,
  printing,
  UsageError,
} from './common.js';
import type { InputFlags, NumberRange, OutputFlags } from './common.js';
import type { Session } from './session.js';

interface OpsFlags extends InputFlags, OutputFlags {
  readonly compat?: boolean;
  readonly annotate?: boolean;
  readonly indentlevel: number;
  readonly preamble: string;
  readonly bytes: boolean;
  readonly stack: boolean;
  readonly memo: boolean;
  readonly path: boolean;
  readonly range?: NumberRange;
  readonly only?: string;
}

/** Adds the command. */
export function addOps(program: Command, session: Session): void {
  const command = program
    .command('ops')
    .description('list the opcodes with offset, length, bytes, stack, memo and the path of the value they make')
    .argument('[input...]', 'files, or - for standard input')
    .optionsGroup('Listing:')
    .option('-a, --annotate', 'say what each opcode does')
    .option('--range <bytes>', 'only opcodes that touch these bytes: 40-90', parseRange)
    .option('--only <names>', 'only these opcodes: GLOBAL,REDUCE')
    .option('--no-bytes', 'leave out the bytes')
    .option('--no-stack', 'leave out the number of items on the stack')
    .option('--no-memo', 'leave out what is stored in the memo')
    .option('--no-path', 'leave out the paths; the listing then starts before the whole value is read')
    .option('--compat', 'print what `python -m pickletools` prints, to the byte (one pickle of each input)')
    .addOption(
      new Option('-l, --indentlevel <n>', 'with --compat: spaces for each MARK').argParser(parseCount).default(4),
    )
    .addOption(
      new Option('-p, --preamble <text>', 'with --compat and several inputs: line before each').default(
        '==> {name} <==',
      ),
    );
  addOutputOptions(addInputOptions(command)).action((paths: string[], flags: OpsFlags) =>
    session.run(() => (flags.compat === true ? compat(paths, flags, session.io) : ops(paths, flags, session.io))),
  );
}

function opcodeNames(only: string | undefined): ReadonlySet<string> | undefined {
  if (only === undefined) return undefined;
  const names = only.split(',').map((name) => name.trim().toUpperCase());
  for (const name of names) {
    if (opcodeNamed(name) === undefined)
      throw new UsageError(`--only: ${JSON.stringify(name)} is no opcode (see ${PROGRAM} explain)`);
  }
  return new Set(names);
}

async function ops(paths: readonly string[], flags: OpsFlags, io: Io): Promise<ExitCode> {
  const { style, ascii, quiet } = printing(flags, io);
  const only = opcodeNames(flags.only);
  const reading = new Reading(paths, flags, io, { trace: true });
  let first = true;
  for await (const message of reading.messages()) {
    const listing: ListingOptions = {
      style,
      ascii,
      bytes: flags.bytes,
      stack: flags.stack,
      memo: flags.memo,
      annotate: flags.annotate ?? false,
      first: flags.range?.first ?? 0,
      last: flags.range?.last ?? Number.POSITIVE_INFINITY,
      only,
      paths: flags.path ? pathsOf(message, reading) : undefined,
    };
    if (!first) await io.stdout.write('\n');
    first = false;
    if (!quiet) await io.stdout.write(heading(message, style, { ascii }));
    if (message.analysis?.trace !== undefined) {
      if (!quiet) await io.stdout.write(listingHeading(listing));
      // What ends the listing early is among the message's findings already.
      await writeListing(message.analysis.data, message.analysis.trace, listing, io.stdout);
    }
    const relevant = message.findings.filter((finding) => levelOf(finding) !== 'lint');
    const data = message.analysis?.data;
    await writeAll(
      io.stdout,
      renderFindings(relevant, data, (text) => escapeText(text, { ascii }), style),
    );
  }
  return reading.code;
}

function pathsOf(message: Message, reading: Reading): PathIndex | undefined {
  if (message.analysis === undefined) return undefined;
  return new PathIndex(message.analysis.value, reading.viewer(message, {}), reading.viewer(message, { raw: true }));
}

/** Where pickletools starts annotations, and the last column where it lets them drift to. */
const ANNOTATION_COLUMN = 30;
const ANNOTATION_LIMIT = 50;
/** Open marks above which the indented listing would grow without bound: 1 MB of MARK makes terabytes. */
const MAX_OPEN_MARKS = 2000;

async function compat(paths: readonly string[], flags: OpsFlags, io: Io): Promise<ExitCode> {
  const reading = new Reading(paths, flags, io);
  let source: string | undefined;
  let hidden = 0;
  // What pickletools accepts is no damage here, even where an unpickler would raise.
  for await (const message of reading.messages(false)) {
    // pickletools shows the first pickle of a file and ends.
    if (message.source === source) {
      hidden++;
      continue;
    }
    source = message.source;
    if (paths.length > 1) await io.stdout.write(`${flags.preamble.replaceAll('{name}', message.source)}\n`);
    if (message.analysis === undefined) {
      reading.count(damageCode(message.findings));
      continue;
    }
    try {
      await writeAll(io.stdout, compatLines(message.analysis.data, flags));
    } catch (error) {
      if (!(error instanceof UnpicklingError)) throw error;
      reading.count(EXIT.damaged);
      await io.stderr.write(`${PROGRAM}: ${escapeText(error.message)}\n`);
    }
  }
  if (hidden > 0) await io.stderr.write(`${PROGRAM}: ${hidden} more messages follow, which --compat does not show\n`);
  return reading.code;
}

function* compatLines(data: Uint8Array, flags: OpsFlags): Generator<string> {
  const annotations = flags.annotate === true ? tokens(data) : undefined;
  let column = ANNOTATION_COLUMN;
  for (const line of disassembly(data, { indent: flags.indentlevel })) {
    const indent = /^\s*\d+: \S+\s/.exec(line)?.[0].length ?? 0;
    if (indent > MAX_OPEN_MARKS * Math.max(1, flags.indentlevel)) {
      throw new UnpicklingError('LIMIT_DEPTH', `more than ${MAX_OPEN_MARKS} open marks: the listing ends here`);
    }
    const token = annotations?.next();
    if (token === undefined || token.done === true) {
      yield `${line}\n`;
      continue;
    }
    const padded = line.padEnd(column);
    column = padded.length > ANNOTATION_LIMIT ? ANNOTATION_COLUMN : padded.length;
    yield `${padded} ${token.value.opcode.doc}\n`;
  }
}
