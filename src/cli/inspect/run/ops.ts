/**
 * `pickle-inspect ops`: the opcodes.
 *
 * @module
 */
import { disassembleLines, UnpicklingError, opcodeNamed, opcodeOf } from '../../../pickle/index.js';
import type { CommandContext } from '../../kit/command.js';
import { CliError } from '../../kit/errors.js';
import type { Option } from '../../kit/option.js';
import type { Settings } from '../../kit/settings.js';
import { writeAll } from '../../kit/io.js';
import { escapeText } from '../../kit/text/escape.js';
import { LineBuffer } from '../../kit/text/line-buffer.js';
import { damageCode, EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { levelOf } from '../findings/finding.js';
import type { Finding } from '../findings/finding.js';
import { looksLikePickle } from '../input/looks-like-pickle.js';
import { PathIndex } from '../lens/paths.js';
import { analyse } from '../machine/analyse.js';
import type { Message } from '../reading/messages.js';
import * as options from '../options.js';
import { Reading } from '../reading/reading.js';
import { textsOf } from '../../lang/texts.js';
import { renderFindings } from '../render/findings.js';
import { heading } from '../render/heading.js';
import { printing } from '../render/printing.js';
import { columnsBeforePath, listingHeading, writeListing } from '../render/listing.js';
import type { ListingOptions } from '../render/listing.js';

function opcodeNames(only: string | undefined): ReadonlySet<string> | undefined {
  if (only === undefined) return undefined;
  const names = only.split(',').map((name) => name.trim().toUpperCase());
  for (const name of names) {
    if (opcodeNamed(name) === undefined)
      throw new CliError('USAGE', (texts) => texts.noOpcode(JSON.stringify(name), options.PROGRAM));
  }
  return new Set(names);
}

/** Runs the command. */
export function ops(context: CommandContext): Promise<ExitCode> {
  return context.settings.get(options.compat) ? compat(context) : list(context);
}

const MIN_STACK_WIDTH = 90;
const MIN_PATH_WIDTH = 8;

async function list(context: CommandContext): Promise<ExitCode> {
  const { args, settings, io } = context;
  const { style, ascii, quiet, width, isNarrow } = printing(context);
  const only = opcodeNames(settings.get(options.only));
  const range = settings.get(options.byteRange) ?? { first: 0, last: Number.POSITIVE_INFINITY };
  const shows = (without: Option<boolean>): boolean => !settings.get(without);
  const reading = new Reading(args, context, { trace: true });
  const buffer = new LineBuffer();
  // A narrow terminal would wrap each line: it has the columns that say most.
  const columns = {
    bytes: shows(options.noBytes) && !isNarrow,
    stack: shows(options.noStack) && !(isNarrow && width < MIN_STACK_WIDTH),
    memo: shows(options.noMemo) && !isNarrow,
  };
  const room = width - columnsBeforePath(columns);
  const hasPaths = shows(options.noPath) && !(isNarrow && room < MIN_PATH_WIDTH);
  const texts = await textsOf('inspect', context.language);
  let first = true;
  for await (const message of reading.messages()) {
    const listing: ListingOptions = {
      style,
      ascii,
      ...columns,
      annotate: settings.get(options.annotate),
      ...range,
      only,
      paths: hasPaths ? pathsOf(message, reading) : undefined,
      pathWidth: isNarrow ? room : undefined,
      isNarrow,
      words: texts.views,
    };
    if (!first) await io.stdout.write('\n');
    first = false;
    if (!quiet) await io.stdout.write(heading(message, style, { ascii }, texts.views));
    if (message.analysis?.trace !== undefined) {
      if (!quiet) await io.stdout.write(listingHeading(listing));
      // What ends the listing early is among the message's findings already.
      await writeListing(message.analysis.data, message.analysis.trace, listing, io.stdout, buffer);
    }
    const relevant = message.findings.filter((finding) => levelOf(finding) !== 'lint');
    const data = message.analysis?.data;
    await writeAll(
      io.stdout,
      renderFindings(relevant, data, { escape: (text) => escapeText(text, { ascii }), style, texts }),
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

async function compat(context: CommandContext): Promise<ExitCode> {
  const { args, settings, io } = context;
  const reading = new Reading(args, context);
  let source: string | undefined;
  let hidden = 0;
  for await (const pickle of compatPickles(reading, settings)) {
    // pickletools shows the first pickle of a file and ends.
    if (pickle.source === source) {
      hidden += pickle.after(0);
      continue;
    }
    source = pickle.source;
    if (args.length > 1) await io.stdout.write(`${settings.get(options.preamble).replaceAll('{name}', source)}\n`);
    if (pickle.findings.length > 0 && pickle.data.length === 0) reading.count(damageCode(pickle.findings));
    else hidden += pickle.after(await compatListing(pickle.data, context, reading));
  }
  if (hidden > 0) {
    await io.stderr.write(
      `${options.PROGRAM}: ${(await textsOf('inspect', context.language)).views.moreMessages(hidden)}\n`,
    );
  }
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
async function* compatPickles(reading: Reading, settings: Settings): AsyncGenerator<CompatPickle> {
  if (settings.get(options.message).length === 0 && settings.get(options.grep) === undefined) {
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
async function compatListing(data: Uint8Array, { settings, io }: CommandContext, reading: Reading): Promise<number> {
  const annotate = settings.get(options.annotate);
  const buffer = new LineBuffer();
  const lines = disassembleLines(data, {
    indent: settings.get(options.indentlevel),
    maxIndentation: MAX_INDENTATION,
    maxDigits: MAX_DIGITS,
    python: settings.get(options.python),
  });
  const encoder = new TextEncoder();
  const docs: Uint8Array[] = [];
  let column = ANNOTATION_COLUMN;
  try {
    let next = lines.next();
    for (; next.done !== true; next = lines.next()) {
      // A line begins with the offset of its opcode; the last one has none.
      const opcode = annotate ? opcodeOf(data[Number.parseInt(next.value, 10)] ?? -1) : undefined;
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
    await io.stderr.write(`${options.PROGRAM}: ${escapeText(error.message)}\n`);
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
