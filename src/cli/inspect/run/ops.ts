/**
 * `pickle-inspect ops`: the opcodes.
 *
 * @module
 */
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { disassembleLines, UnpicklingError, opcodeNamed, opcodeOf } from '../../../pickle/index.js';
import type { Io } from '../../kit/io.js';
import { writeAll } from '../../kit/io.js';
import { escapeText } from '../../kit/text/escape.js';
import { LineBuffer } from '../../kit/text/line-buffer.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { levelOf } from '../findings/finding.js';
import type { Finding } from '../findings/finding.js';
import { looksLikePickle } from '../input/looks-like-pickle.js';
import { PathIndex } from '../lens/paths.js';
import { analyse } from '../machine/analyse.js';
import type { Message } from '../reading/messages.js';
import { PROGRAM, Reading } from '../reading/reading.js';
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
} from '../commands/common.js';
import type { InputFlags, NumberRange, OutputFlags } from '../commands/common.js';
import type { Session } from '../commands/session.js';

interface OpsFlags extends InputFlags, OutputFlags {
  readonly compat?: boolean;
  readonly python?: string;
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
    .option('--no-path', 'leave out the paths (takes less time and memory)')
    .option('--compat', 'print what `python -m pickletools` prints, to the byte (one pickle of each input)')
    .option(
      '--python <version>',
      'with --compat: whose pickletools: 3.11, 3.13.0 (default: the newest, 3.14)',
      parseVersion,
    )
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

function parseVersion(text: string): string {
  if (!/^3\.1[0-4](?:\.\d+\S*)?$/.test(text))
    throw new InvalidArgumentError('expected a CPython from 3.10 to 3.14, such as 3.11 or 3.13.0');
  return text;
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
  const buffer = new LineBuffer();
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
      await writeListing(message.analysis.data, message.analysis.trace, listing, io.stdout, buffer);
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
/** Spaces of one listing beyond those of 32 marks: a megabyte of MARK would make terabytes. */
const MAX_INDENTATION = 2 ** 26;
/** Digits of an int. pickletools itself stops at 4300, unless Python is told otherwise. */
const MAX_DIGITS = 1_000_000;

async function compat(paths: readonly string[], flags: OpsFlags, io: Io): Promise<ExitCode> {
  const reading = new Reading(paths, flags, io);
  let source: string | undefined;
  let hidden = 0;
  for await (const pickle of compatPickles(reading, flags)) {
    // pickletools shows the first pickle of a file and ends.
    if (pickle.source === source) {
      hidden += pickle.after(0);
      continue;
    }
    source = pickle.source;
    if (paths.length > 1) await io.stdout.write(`${flags.preamble.replaceAll('{name}', source)}\n`);
    if (pickle.findings.length > 0 && pickle.data.length === 0) reading.count(damageCode(pickle.findings));
    else hidden += pickle.after(await compatListing(pickle.data, flags, io, reading));
  }
  if (hidden > 0) await io.stderr.write(`${PROGRAM}: ${hidden} more messages follow, which --compat does not show\n`);
  return reading.code;
}

interface CompatPickle {
  readonly source: string;
  readonly data: Uint8Array;
  readonly findings: readonly Finding[];
  /** How many pickles there are in the data from an offset on. */
  after(offset: number): number;
}

/** What may be listed. Only where messages are to be chosen they are read first. */
async function* compatPickles(reading: Reading, flags: OpsFlags): AsyncGenerator<CompatPickle> {
  if (flags.message === undefined && flags.grep === undefined) {
    for await (const { source, data, findings, single } of reading.payloads()) {
      const after = (offset: number): number => (single === true && offset > 0 ? 0 : picklesFrom(data, offset));
      yield { source, data, findings, after };
    }
    return;
  }
  // What pickletools accepts is no damage here, even where an unpickler would raise.
  for await (const { source, analysis, findings } of reading.messages(false)) {
    const after = (offset: number): number => (offset > 0 ? 0 : 1);
    yield { source, data: analysis?.data ?? new Uint8Array(), findings, after };
  }
}

/** Writes the listing. Gives where it ends: behind STOP, or behind the data where it breaks off. */
async function compatListing(data: Uint8Array, flags: OpsFlags, io: Io, reading: Reading): Promise<number> {
  const buffer = new LineBuffer();
  const lines = disassembleLines(data, {
    indent: flags.indentlevel,
    maxIndentation: MAX_INDENTATION,
    maxDigits: MAX_DIGITS,
    python: flags.python,
  });
  const encoder = new TextEncoder();
  const docs: Uint8Array[] = [];
  let column = ANNOTATION_COLUMN;
  try {
    let next = lines.next();
    for (; next.done !== true; next = lines.next()) {
      // A line begins with the offset of its opcode; the last one has none.
      const opcode = flags.annotate === true ? opcodeOf(data[Number.parseInt(next.value, 10)] ?? -1) : undefined;
      buffer.text(next.value);
      if (opcode !== undefined) {
        const { length } = next.value;
        buffer.spaces(column - length);
        if (length > column) column = length > ANNOTATION_LIMIT ? ANNOTATION_COLUMN : length;
        const doc = (docs[opcode.code] ??= encoder.encode(` ${opcode.doc}`));
        buffer.bytes(doc, doc.length);
      }
      buffer.text('\n');
      if (buffer.isFull) await buffer.flush(io.stdout);
    }
    return next.value;
  } catch (error) {
    if (!(error instanceof UnpicklingError)) throw error;
    // What was listed comes before what is said about it.
    await buffer.flush(io.stdout);
    reading.count(error.code.startsWith('LIMIT_') ? EXIT.limit : EXIT.damaged);
    await io.stderr.write(`${PROGRAM}: ${escapeText(error.message)}\n`);
    return error.code === 'ODD_ITEMS' ? (error.offset ?? data.length) : data.length;
  } finally {
    await buffer.flush(io.stdout);
  }
}

/** How many pickles stand one behind the other from an offset on. */
function picklesFrom(data: Uint8Array, start: number): number {
  let count = 0;
  let offset = start;
  while (offset < data.length && looksLikePickle(data.subarray(offset))) {
    count++;
    const { end, stopped } = analyse(data.subarray(offset));
    if (!stopped) break;
    offset += end;
  }
  return count;
}
