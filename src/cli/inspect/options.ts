/**
 * Every option of `pickle-inspect`, once. A command names those that it takes.
 *
 * @module
 */
import { DEFAULT_PROTOCOL } from '../../pickle/index.js';
import { flagOption, optionalOption, repeatedOption, valueOption } from '../kit/option.js';
import type { Option } from '../kit/option.js';
import { color, config, OUTPUT } from '../kit/options.js';
import { choice, size, text, whole } from '../kit/parsers.js';
import { PROFILES } from './check/policy.js';
import { FORMATS } from './input/formats.js';
import { MAX_DEPTH, MAX_OPS } from './machine/bounds.js';
import { amount, limit, messageRange, protocol, pythonVersion, range, seconds } from './parsers.js';

/** The program's name. */
export const PROGRAM = 'pickle-inspect';

const TREE = 'Tree';
const LISTING = 'Listing';
const JSON_GROUP = 'JSON';
const WRITING = 'Writing';
const POLICY = 'Policy';
const COMPARISON = 'Comparison';
const STATISTICS = 'Statistics';
const LINT = 'Lint';
const REPORT = 'Report';
const INPUT = 'Input';
const LIMITS = 'Limits';

// --- inputs

export const from = valueOption('from', '<format>', choice(FORMATS), {
  group: INPUT,
  description: `what the input is: ${FORMATS.join(', ')}`,
  default: 'auto',
});

export const hex = repeatedOption('hex', '<text>', text, {
  group: INPUT,
  description: 'inspect these hex digits or this hex dump',
});

export const base64 = repeatedOption('base64', '<text>', text, {
  group: INPUT,
  description: 'inspect this base64 text',
});

export const repr = repeatedOption('repr', '<text>', text, {
  group: INPUT,
  description: "inspect this Python literal: b'\\x80\\x04...'",
});

export const message = repeatedOption('message', '<n>', messageRange, {
  group: INPUT,
  description: 'only these messages: 3, 2-5, 7- (repeatable)',
});

export const grep = optionalOption('grep', '<topic>', text, {
  group: INPUT,
  description: 'only messages of a capture whose topic contains this text',
});

export const buffer = repeatedOption('buffer', '<file>', text, {
  group: INPUT,
  description: 'an out-of-band buffer of protocol 5 (repeatable, in order)',
});

export const encoding = valueOption('encoding', '<name>', choice(['ascii', 'latin1', 'utf8', 'bytes']), {
  group: INPUT,
  description: 'how the str of Python 2 is read: ascii, latin1, utf8 or bytes',
  default: 'ascii',
});

export const maxBytes = valueOption('max-bytes', '<size>', size(0), {
  group: LIMITS,
  description: 'bytes of one input',
  default: '1GiB',
});

export const maxInflate = valueOption('max-inflate', '<size>', size(0), {
  group: LIMITS,
  description: 'bytes that a container may unpack to',
  default: '64MiB',
});

export const maxOps = valueOption('max-ops', '<n>', limit, {
  group: LIMITS,
  description: 'opcodes of one pickle (0: no limit)',
  default: String(MAX_OPS),
});

export const maxDepth = valueOption('max-depth', '<n>', limit, {
  group: LIMITS,
  description: 'levels of nesting (0: no limit)',
  default: String(MAX_DEPTH),
});

export const timeout = valueOption('timeout', '<seconds>', seconds, {
  group: LIMITS,
  description: 'time to read (0: no limit)',
  default: '60',
});

// --- output

export const ascii = flagOption('ascii', { group: OUTPUT, description: 'escape everything that is not ASCII' });

export const width = optionalOption('width', '<columns>', whole(0), {
  group: OUTPUT,
  description: 'columns of the output (default: the terminal, else 100)',
});

export const quiet = flagOption('quiet', { group: OUTPUT, short: 'q', description: 'no headings' });

// --- show, select

export const depth = valueOption('depth', '<n>', limit, {
  group: TREE,
  description: 'levels that are opened (0: all)',
  default: '12',
});

export const maxItems = valueOption('max-items', '<n>', limit, {
  group: TREE,
  description: 'parts of a container that are shown (0: all)',
  default: '100',
});

export const maxString = valueOption('max-string', '<n>', limit, {
  group: TREE,
  description: 'characters of a text, bytes of a value (0: all)',
  default: '200',
});

export const maxLines = valueOption('max-lines', '<n>', limit, {
  group: TREE,
  description: 'lines of one value (0: all)',
  default: '1000',
});

export const all = flagOption('all', {
  group: TREE,
  description: 'no limit on depth, items and lines; texts up to 4 MB',
});

export const noTypes = flagOption('no-types', { group: TREE, description: 'leave out the types' });

export const noOffsets = flagOption('no-offsets', { group: TREE, description: 'leave out the offsets' });

export const noRefs = flagOption('no-refs', {
  group: TREE,
  description: 'write shared values again instead of as *1',
});

export const noVnpy = flagOption('no-vnpy', {
  group: TREE,
  description: 'show calls as calls, also those of vnpy, datetime and others that are known',
});

// --- ops, hex

export const annotate = flagOption('annotate', {
  group: LISTING,
  short: 'a',
  description: 'say what each opcode does',
});

export const byteRange = optionalOption('range', '<bytes>', range, {
  group: LISTING,
  description: 'only what touches these bytes: 40-90',
});

export const only = optionalOption('only', '<names>', text, {
  group: LISTING,
  description: 'only these opcodes: GLOBAL,REDUCE',
});

export const noBytes = flagOption('no-bytes', { group: LISTING, description: 'leave out the bytes' });

export const noStack = flagOption('no-stack', {
  group: LISTING,
  description: 'leave out the number of items on the stack',
});

export const noMemo = flagOption('no-memo', { group: LISTING, description: 'leave out what is stored in the memo' });

export const noPath = flagOption('no-path', {
  group: LISTING,
  description: 'leave out the paths (takes less time and memory)',
});

export const compat = flagOption('compat', {
  group: LISTING,
  description: 'print what `python -m pickletools` prints, to the byte (one pickle of each input)',
});

export const python = optionalOption('python', '<version>', pythonVersion, {
  group: LISTING,
  description: 'with --compat: whose pickletools: 3.11, 3.13.0 (default: the newest, 3.14)',
});

export const indentlevel = valueOption('indentlevel', '<n>', whole(0), {
  group: LISTING,
  short: 'l',
  description: 'with --compat: spaces for each MARK',
  default: '4',
});

export const preamble = valueOption('preamble', '<text>', text, {
  group: LISTING,
  short: 'p',
  description: 'with --compat and several inputs: line before each',
  default: '==> {name} <==',
});

// --- json

export const json = flagOption('json', { group: OUTPUT, description: 'print JSON, one line for each thing' });

export const mode = valueOption('mode', '<mode>', choice(['plain', 'typed']), {
  group: JSON_GROUP,
  description: 'plain or typed',
  default: 'plain',
});

export const ndjson = flagOption('ndjson', { group: JSON_GROUP, description: 'one line a message' });

export const maxNodes = valueOption('max-nodes', '<n>', limit, {
  group: JSON_GROUP,
  description: 'with plain: parts that are written, shared ones each time (0: all)',
  default: '1000000',
});

// --- pack, repack, html

export const output = optionalOption('output', '<file>', text, {
  group: WRITING,
  short: 'o',
  description: 'where to write (default: standard output, when it is no terminal)',
});

export const packProtocol = valueOption('protocol', '<n>', protocol, {
  group: WRITING,
  description: 'protocol 0 to 5',
  default: String(DEFAULT_PROTOCOL),
});

export const repackProtocol = optionalOption('protocol', '<n>', protocol, {
  group: WRITING,
  description: 'protocol 0 to 5 (default: that of the input)',
});

export const optimize = flagOption('optimize', {
  group: WRITING,
  description: 'leave out memo entries that nothing fetches',
});

// --- check

export const profile = optionalOption('profile', '<name>', choice(PROFILES), {
  group: POLICY,
  description: 'what is allowed: no names (none), plain values (data), numpy too, vnpy too (default: vnpy)',
});

export const policy = optionalOption('policy', '<file>', text, {
  group: POLICY,
  description: 'JSON: {"profile": "vnpy", "allow": ["my.module.Class"], "deny": []}',
});

export const allow = repeatedOption('allow', '<name>', text, {
  group: POLICY,
  description: 'allow a name too: module.Class, package.*, persid, ext:7 (repeatable)',
});

export const deny = repeatedOption('deny', '<name>', text, {
  group: POLICY,
  description: 'refuse a name whatever allows it (repeatable)',
});

export const format = valueOption('format', '<format>', choice(['text', 'json', 'sarif']), {
  group: POLICY,
  description: 'text, json or sarif',
  default: 'text',
});

// --- diff

export const ignoreTime = flagOption('ignore-time', {
  group: COMPARISON,
  description: 'do not compare dates and times',
});

export const ignoreBytes = flagOption('ignore-bytes', {
  group: COMPARISON,
  description: 'do not tell equal values that are written with other opcodes',
});

export const floatEps = valueOption('float-eps', '<x>', amount, {
  group: COMPARISON,
  description: 'floats this close are equal',
  default: '0',
});

export const maxDiffs = valueOption('max-diffs', '<n>', limit, {
  group: COMPARISON,
  description: 'differences that are listed (0: all)',
  default: '100',
});

// --- stats, lint

export const top = valueOption('top', '<n>', whole(0), {
  group: STATISTICS,
  description: 'length of each list',
  default: '8',
});

export const strict = flagOption('strict', { group: LINT, description: 'exit with 1 when there is anything to list' });

export const maxSame = valueOption('max-same', '<n>', limit, {
  group: LINT,
  description: 'findings of one code that are listed (0: all)',
  default: '10',
});

// --- html

export const title = optionalOption('title', '<text>', text, { group: REPORT, description: 'title of the page' });

export const maxRows = valueOption('max-rows', '<n>', whole(0), {
  group: REPORT,
  description: 'rows of tree and listing of one message',
  default: '2000',
});

export const maxHex = valueOption('max-hex', '<size>', size(0), {
  group: REPORT,
  description: 'bytes of one message in the hex view',
  default: '8192',
});

export const maxMessages = valueOption('max-messages', '<n>', whole(0), {
  group: REPORT,
  description: 'messages in the report',
  default: '200',
});

// --- groups of options that commands share

/** Of every command that reads inputs. */
export const READING: readonly Option<unknown>[] = [
  from,
  hex,
  base64,
  repr,
  message,
  grep,
  buffer,
  encoding,
  maxBytes,
  maxInflate,
  maxOps,
  maxDepth,
  timeout,
  config,
];

/** Of every command that prints text. */
export const PRINTING: readonly Option<unknown>[] = [color, ascii, width, quiet];
