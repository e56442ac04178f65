/**
 * What the commands have in common: options, inputs, messages, exit codes.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { messageOf } from '../../../errors.js';
import type { Io } from '../../kit/io.js';
import { chooseStyle, COLOR_MODES } from '../../kit/text/style.js';
import type { ColorMode, Style } from '../../kit/text/style.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { levelOf } from '../findings/finding.js';
import type { Finding } from '../findings/finding.js';
import { FORMATS } from '../input/detect.js';
import type { Format } from '../input/detect.js';
import { InputError } from '../input/sources.js';
import type { InputName } from '../input/sources.js';
import type { AnalyseOptions } from '../machine/analyse.js';
import { DEFAULT_ANALYSE_OPTIONS } from '../machine/analyse.js';

/** Options that every command which reads inputs has. */
export interface InputFlags {
  readonly hex?: readonly string[];
  readonly base64?: readonly string[];
  readonly repr?: readonly string[];
  readonly from: Format;
  readonly message?: readonly NumberRange[];
  readonly grep?: string;
  readonly buffer?: readonly string[];
  readonly encoding: AnalyseOptions['encoding'];
  readonly maxBytes: number;
  readonly maxInflate: number;
  readonly maxOps: number;
  readonly maxDepth: number;
  readonly timeout: number;
}

/** Options about how text is printed. */
export interface OutputFlags {
  readonly color: ColorMode;
  readonly ascii?: boolean;
  readonly width?: number;
  readonly quiet?: boolean;
}

/** First and last number, both included. */
export interface NumberRange {
  readonly first: number;
  readonly last: number;
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
};

/** Parses `4096`, `64M`, `1Gi`. */
export function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(ki|mi|gi|k|m|g)?b?$/i.exec(text);
  const unit = UNITS[match?.[2]?.toLowerCase() ?? ''];
  if (match?.[1] === undefined || unit === undefined)
    throw new InvalidArgumentError('expected a size, such as 4096, 64M or 1Gi');
  return Math.floor(Number(match[1]) * unit);
}

/** Parses a whole number that is not negative. */
export function parseCount(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('expected a whole number');
  return Number(text);
}

/** Parses {@link parseRange} of messages, which count from 1. */
export function parseMessages(text: string): NumberRange {
  const range = parseRange(text);
  if (range.first === 0) throw new InvalidArgumentError('messages count from 1');
  return range;
}

/** Parses a whole number, 0 standing for "no limit". */
export function parseLimit(text: string): number {
  const count = parseCount(text);
  return count === 0 ? Number.POSITIVE_INFINITY : count;
}

/** Parses `3`, `2-5`, `7-`. A range that ends before it begins is refused: nothing would be in it. */
export function parseRange(text: string): NumberRange {
  const match = /^(\d+)(-)?(\d+)?$/.exec(text);
  if (match?.[1] === undefined) throw new InvalidArgumentError('expected a number or a range, such as 3 or 2-5');
  const first = Number(match[1]);
  if (match[2] === undefined) return { first, last: first };
  const last = match[3] === undefined ? Number.POSITIVE_INFINITY : Number(match[3]);
  if (last < first) throw new InvalidArgumentError(`${text} ends before it begins`);
  return { first, last };
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() === '' || Number.isNaN(seconds) || seconds < 0)
    throw new InvalidArgumentError('expected a number of seconds');
  return seconds === 0 ? Number.POSITIVE_INFINITY : seconds;
}

/** Gathers an option that may be given several times. */
export function collect<T>(parse: (text: string) => T): (text: string, before?: readonly T[]) => T[] {
  return (text, before = []) => [...before, parse(text)];
}

const asIs = (text: string): string => text;

/** Adds the options of {@link InputFlags}. */
export function addInputOptions(command: Command): Command {
  return command
    .optionsGroup('Input:')
    .addOption(new Option('--from <format>', 'what the input is').choices(FORMATS).default('auto'))
    .option('--hex <text>', 'inspect these hex digits or this hex dump', collect(asIs))
    .option('--base64 <text>', 'inspect this base64 text', collect(asIs))
    .option('--repr <text>', "inspect this Python literal: b'\\x80\\x04...'", collect(asIs))
    .option('--message <n>', 'only these messages: 3, 2-5, 7- (repeatable)', collect(parseMessages))
    .option('--grep <topic>', 'only messages of a capture whose topic contains this text')
    .option('--buffer <file>', 'an out-of-band buffer of protocol 5 (repeatable, in order)', collect(asIs))
    .addOption(
      new Option('--encoding <name>', 'how the str of Python 2 is read')
        .choices(['ascii', 'latin1', 'utf8', 'bytes'])
        .default('ascii'),
    )
    .optionsGroup('Limits:')
    .option('--max-bytes <size>', 'bytes of one input', parseSize, 2 ** 30)
    .option('--max-inflate <size>', 'bytes that a container may unpack to', parseSize, 64 * 2 ** 20)
    .option('--max-ops <n>', 'opcodes of one pickle (0: no limit)', parseLimit, DEFAULT_ANALYSE_OPTIONS.maxOps)
    .option('--max-depth <n>', 'levels of nesting (0: no limit)', parseLimit, DEFAULT_ANALYSE_OPTIONS.maxDepth)
    .option('--timeout <seconds>', 'time to read (0: no limit)', parseSeconds, 60);
}

/** Adds the options of {@link OutputFlags}. */
export function addOutputOptions(command: Command): Command {
  return command
    .optionsGroup('Output:')
    .addOption(new Option('--color <when>', 'colours; auto respects NO_COLOR').choices(COLOR_MODES).default('auto'))
    .option('--ascii', 'escape everything that is not ASCII')
    .option('--width <columns>', 'columns of the output (default: the terminal, else 100)', parseCount)
    .option('-q, --quiet', 'no headings');
}

const DEFAULT_WIDTH = 100;
const MIN_WIDTH = 40;

/** How a command prints. */
export interface Printing {
  readonly style: Style;
  readonly ascii: boolean;
  readonly width: number;
  readonly quiet: boolean;
}

/** Resolves the output options. */
export function printing(flags: OutputFlags, io: Io): Printing {
  return {
    style: chooseStyle(flags.color, io),
    ascii: flags.ascii ?? false,
    width: Math.max(MIN_WIDTH, flags.width ?? io.stdout.columns ?? DEFAULT_WIDTH),
    quiet: flags.quiet ?? false,
  };
}

/** The inputs that a command line names: literals, files, and standard input when there is nothing else. */
export function inputNames(paths: readonly string[], flags: InputFlags, io: Io): InputName[] {
  const literals = (['hex', 'base64', 'repr'] as const).flatMap((form) =>
    (flags[form] ?? []).map((text) => ({ kind: 'literal' as const, form, text })),
  );
  const files = paths.map((path): InputName => (path === '-' ? { kind: 'stdin' } : { kind: 'file', path }));
  const names = [...literals, ...files];
  if (names.length > 0) return names;
  if (io.stdin.isTTY)
    throw new UsageError('no input: name a file, or - for standard input, or give --hex, --base64 or --repr');
  return [{ kind: 'stdin' }];
}

/** The command line asks for something that does not make sense. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** Resolves the options about reading. */
export async function analyseOptions(flags: InputFlags): Promise<AnalyseOptions> {
  const buffers: Uint8Array[] = [];
  for (const path of flags.buffer ?? []) {
    try {
      buffers.push(await readFile(path));
    } catch (error) {
      throw new InputError(`${path}: ${messageOf(error)}`, { cause: error });
    }
  }
  return {
    encoding: flags.encoding,
    buffers,
    maxDepth: flags.maxDepth,
    maxOps: flags.maxOps,
    deadline: performance.now() + flags.timeout * 1000,
  };
}

/** The exit code that findings make by themselves, without a policy. */
export function damageCode(findings: readonly Finding[]): ExitCode {
  let code: ExitCode = EXIT.clean;
  for (const finding of findings) {
    const level = levelOf(finding);
    if (level === 'error') return EXIT.damaged;
    if (level === 'limit') code = EXIT.limit;
  }
  return code;
}
