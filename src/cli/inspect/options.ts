/**
 * Every option of `pickle-inspect`, once. A command names those that it takes.
 *
 * @module
 */
import { DEFAULT_PROTOCOL } from '../../pickle/index.js';
import { OptionGroup } from '../kit/option.js';
import type { Option } from '../kit/option.js';
import { color, config, OUTPUT } from '../kit/options.js';
import { choice, size, text, whole } from '../kit/parsers.js';
import { PROFILES } from './check/policy.js';
import { FORMATS } from './input/formats.js';
import { ARRAY_MODES } from './render/array-json.js';
import { MAX_DEPTH, MAX_OPS } from './machine/bounds.js';
import { amount, limit, messageRange, protocol, pythonVersion, range, seconds } from './parsers.js';

/** The program's name. */
export const PROGRAM = 'pickle-inspect';

export const TREE = new OptionGroup('Tree');
export const LISTING = new OptionGroup('Listing');
export const JSON_GROUP = new OptionGroup('JSON');
export const WRITING = new OptionGroup('Writing');
export const POLICY = new OptionGroup('Policy');
export const COMPARISON = new OptionGroup('Comparison');
export const STATISTICS = new OptionGroup('Statistics');
export const LINT = new OptionGroup('Lint');
export const REPORT = new OptionGroup('Report');
export const INPUT = new OptionGroup('Input');
export const LIMITS = new OptionGroup('Limits');

// --- inputs

export const from = INPUT.value('from <format>', choice(FORMATS), {
  description: `what the input is: ${FORMATS.join(', ')}`,
  default: 'auto',
});

export const hex = INPUT.repeated('hex <text>', text, { description: 'inspect these hex digits or this hex dump' });

export const base64 = INPUT.repeated('base64 <text>', text, { description: 'inspect this base64 text' });

export const repr = INPUT.repeated('repr <text>', text, {
  description: "inspect this Python literal: b'\\x80\\x04...'",
});

export const message = INPUT.repeated('message <n>', messageRange, {
  description: 'only these messages: 3, 2-5, 7- (repeatable)',
});

export const grep = INPUT.optional('grep <topic>', text, {
  description: 'only messages of a capture whose topic contains this text',
});

export const buffer = INPUT.repeated('buffer <file>', text, {
  description: 'an out-of-band buffer of protocol 5 (repeatable, in order)',
});

export const encoding = INPUT.value('encoding <name>', choice(['ascii', 'latin1', 'utf8', 'bytes']), {
  description: 'how the str of Python 2 is read: ascii, latin1, utf8 or bytes',
  default: 'ascii',
});

export const maxBytes = LIMITS.value('max-bytes <size>', size(0), {
  description: 'bytes of one input',
  default: '1GiB',
});

export const maxInflate = LIMITS.value('max-inflate <size>', size(0), {
  description: 'bytes that a container may unpack to',
  default: '64MiB',
});

export const maxOps = LIMITS.value('max-ops <n>', limit, {
  description: 'opcodes of one pickle (0: no limit)',
  default: String(MAX_OPS),
});

export const maxDepth = LIMITS.value('max-depth <n>', limit, {
  description: 'levels of nesting (0: no limit)',
  default: String(MAX_DEPTH),
});

export const timeout = LIMITS.value('timeout <seconds>', seconds, {
  description: 'time to read (0: no limit)',
  default: '60',
});

// --- output

export const ascii = OUTPUT.flag('ascii', { description: 'escape everything that is not ASCII' });

export const width = OUTPUT.optional('width <columns>', whole(0), {
  description: 'columns of the output (default: the terminal, else 100)',
});

export const quiet = OUTPUT.flag('quiet', { short: 'q', description: 'no headings' });

// --- show, select

export const depth = TREE.value('depth <n>', limit, { description: 'levels that are opened (0: all)', default: '12' });

export const maxItems = TREE.value('max-items <n>', limit, {
  description: 'parts of a container that are shown (0: all)',
  default: '100',
});

export const maxString = TREE.value('max-string <n>', limit, {
  description: 'characters of a text, bytes of a value (0: all)',
  default: '200',
});

export const maxLines = TREE.value('max-lines <n>', limit, {
  description: 'lines of one value (0: all)',
  default: '1000',
});

export const all = TREE.flag('all', { description: 'no limit on depth, items and lines; texts up to 4 MB' });

export const noTypes = TREE.flag('no-types', { description: 'leave out the types' });

export const noOffsets = TREE.flag('no-offsets', { description: 'leave out the offsets' });

export const noRefs = TREE.flag('no-refs', { description: 'write shared values again instead of as *1' });

export const noVnpy = TREE.flag('no-vnpy', {
  description: 'show calls as calls, also those of vnpy, datetime and others that are known',
});

// --- ops, hex

export const annotate = LISTING.flag('annotate', { short: 'a', description: 'say what each opcode does' });

export const byteRange = LISTING.optional('range <bytes>', range, {
  description: 'only what touches these bytes: 40-90',
});

export const only = LISTING.optional('only <names>', text, { description: 'only these opcodes: GLOBAL,REDUCE' });

export const noBytes = LISTING.flag('no-bytes', { description: 'leave out the bytes' });

export const noStack = LISTING.flag('no-stack', { description: 'leave out the number of items on the stack' });

export const noMemo = LISTING.flag('no-memo', { description: 'leave out what is stored in the memo' });

export const noPath = LISTING.flag('no-path', { description: 'leave out the paths (takes less time and memory)' });

export const compat = LISTING.flag('compat', {
  description: 'print what `python -m pickletools` prints, to the byte (one pickle of each input)',
});

export const python = LISTING.optional('python <version>', pythonVersion, {
  description: 'with --compat: whose pickletools: 3.11, 3.13.0 (default: the newest, 3.14)',
});

export const indentlevel = LISTING.value('indentlevel <n>', whole(0), {
  short: 'l',
  description: 'with --compat: spaces for each MARK',
  default: '4',
});

export const preamble = LISTING.value('preamble <text>', text, {
  short: 'p',
  description: 'with --compat and several inputs: line before each',
  default: '==> {name} <==',
});

// --- json

export const json = OUTPUT.flag('json', { description: 'print JSON, one line for each thing' });

export const mode = JSON_GROUP.value('mode <mode>', choice(['plain', 'typed']), {
  description: 'plain or typed',
  default: 'plain',
});

export const ndjson = JSON_GROUP.flag('ndjson', { description: 'one line a message' });

export const arrays = JSON_GROUP.value('arrays <mode>', choice(ARRAY_MODES), {
  description: 'arrays and tables in short (summary), or all their values (numbers)',
  default: 'summary',
});

export const maxNodes = JSON_GROUP.value('max-nodes <n>', limit, {
  description: 'with plain: parts that are written, shared ones each time (0: all)',
  default: '1000000',
});

// --- pack, repack, html

export const output = WRITING.optional('output <file>', text, {
  short: 'o',
  description: 'where to write (default: standard output, when it is no terminal)',
});

export const packProtocol = WRITING.value('protocol <n>', protocol, {
  description: 'protocol 0 to 5',
  default: String(DEFAULT_PROTOCOL),
});

export const repackProtocol = WRITING.optional('protocol <n>', protocol, {
  description: 'protocol 0 to 5 (default: that of the input)',
});

export const optimize = WRITING.flag('optimize', { description: 'leave out memo entries that nothing fetches' });

// --- check

export const profile = POLICY.optional('profile <name>', choice(PROFILES), {
  description:
    'what is allowed: no names (none), plain values (data), numpy too, and with it pandas or vnpy (default: vnpy)',
});

export const policy = POLICY.optional('policy <file>', text, {
  description: 'JSON: {"profile": "vnpy", "allow": ["my.module.Class"], "deny": []}',
});

export const allow = POLICY.repeated('allow <name>', text, {
  description: 'allow a name too: module.Class, package.*, persid, ext:7 (repeatable)',
});

export const deny = POLICY.repeated('deny <name>', text, {
  description: 'refuse a name whatever allows it (repeatable)',
});

export const format = POLICY.value('format <format>', choice(['text', 'json', 'sarif']), {
  description: 'text, json or sarif',
  default: 'text',
});

// --- diff

export const ignoreTime = COMPARISON.flag('ignore-time', { description: 'do not compare dates and times' });

export const ignoreBytes = COMPARISON.flag('ignore-bytes', {
  description: 'do not tell equal values that are written with other opcodes',
});

export const floatEps = COMPARISON.value('float-eps <x>', amount, {
  description: 'floats this close are equal',
  default: '0',
});

export const maxDiffs = COMPARISON.value('max-diffs <n>', limit, {
  description: 'differences that are listed (0: all)',
  default: '100',
});

// --- stats, lint

export const top = STATISTICS.value('top <n>', whole(0), { description: 'length of each list', default: '8' });

export const strict = LINT.flag('strict', { description: 'exit with 1 when there is anything to list' });

export const maxSame = LINT.value('max-same <n>', limit, {
  description: 'findings of one code that are listed (0: all)',
  default: '10',
});

// --- html

export const title = REPORT.optional('title <text>', text, { description: 'title of the page' });

export const maxRows = REPORT.value('max-rows <n>', whole(0), {
  description: 'rows of tree and listing of one message',
  default: '2000',
});

export const maxHex = REPORT.value('max-hex <size>', size(0), {
  description: 'bytes of one message in the hex view',
  default: '8192',
});

export const maxMessages = REPORT.value('max-messages <n>', whole(0), {
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
