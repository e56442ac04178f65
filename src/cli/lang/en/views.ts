/**
 * What `pickle-inspect` says around values, in English: the shape that every other language has to fill.
 *
 * @module
 */
import { OPCODES } from '../../../pickle/index.js';
import type { OpcodeName } from '../../../pickle/internal.js';

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** What stands in the column of types, and is no type of Python. */
export type KindWord =
  | 'missing'
  | 'name'
  | 'persistent id'
  | 'extension code'
  | 'buffer'
  | 'read-only buffer'
  | 'result of a call'
  | 'pandas offset'
  | 'pandas block'
  | 'pandas blocks';

/** What stands where a damaged pickle breaks off. */
export type HoleWord = 'missing value' | 'name' | 'object' | 'not read' | 'cut' | 'no such part';

/** Formats of vnpy's events. */
export type EventFormat = 'pair' | 'topic frame';

const kinds: Readonly<Record<KindWord, string>> = {
  missing: 'missing',
  name: 'name',
  'persistent id': 'persistent id',
  'extension code': 'extension code',
  buffer: 'buffer',
  'read-only buffer': 'read-only buffer',
  'result of a call': 'result of a call',
  'pandas offset': 'pandas offset',
  'pandas block': 'pandas block',
  'pandas blocks': 'pandas blocks',
};

const holes: Readonly<Record<HoleWord, string>> = {
  'missing value': 'missing value',
  name: 'name',
  object: 'object',
  'not read': 'not read',
  cut: 'cut',
  'no such part': 'no such part',
};

const formats: Readonly<Record<EventFormat, string>> = {
  pair: 'vnpy 3.0 to 4.4',
  'topic frame': 'vnpy 4.5 and later',
};

/** Kinds of messages of a capture. */
export type TrafficKind = 'request' | 'reply' | 'failed' | 'event' | 'heartbeat' | 'command' | 'none' | 'other';

const traffic: Readonly<Record<TrafficKind, (name: string) => string>> = {
  request: (name) => `request ${name}`,
  reply: () => 'reply',
  failed: () => 'reply (failed)',
  event: (name) => `event ${name}`,
  heartbeat: (name) => `heartbeat ${name}`,
  command: () => 'note or command',
  none: () => 'no pickle',
  other: () => 'other',
};

/** What each opcode does. */
export type OpcodeDocs = Readonly<Record<OpcodeName, string>>;

/** What a pickle is in a file of torch that has several. */
export type TorchPart = 'magic' | 'version' | 'system' | 'value' | 'keys';

const torchParts: Readonly<Record<TorchPart, string>> = {
  magic: 'torch.save of before 1.6: the mark of the format',
  version: 'torch.save of before 1.6: its version',
  system: 'torch.save of before 1.6: the system that wrote it',
  value: 'torch.save of before 1.6: the value',
  keys: 'torch.save of before 1.6: the storages that follow',
};

/** What there is to know of a tensor. */
export interface TensorFacts {
  readonly shape: string;
  readonly dtype: string;
  readonly storage: string;
  readonly count: number;
  readonly device: string;
  readonly offset: number;
  readonly gradient: boolean;
  readonly tooShort: boolean;
}

/** Why a JSON document cannot be packed. */
const packing = {
  floatValue: 'a float needs a "value" as text',
  noFloat: (shown: string): string => `${shown} is no float`,
  intValue: 'an int needs a "value" as text',
  str2Value: 'str2 needs a "value" as text',
  base64Text: 'bytes need a "base64" text',
  moduleName: 'a module of this name cannot be packed',
  noName: (shown: string): string => `${shown} is no name: module:name`,
  itemsOf: (type: string): string => `the items of a ${type}`,
  dictEntries: 'the entries of a dict',
  callArguments: 'the arguments of a call',
  callSteps: 'the steps of a call',
  stepEntries: 'the entries of a step',
  noList: (what: string): string => `${what} is no list`,
  badId: (shown: string): string => `the $id ${shown} is no number or occurs twice`,
  notExact: (number: number): string => `${number} is not exact in JSON: write it as {"$py": "int", "value": "…"}`,
  earlyRef: (id: number): string => `{"$ref": ${id}} comes before its $id`,
  valueMissing: 'the JSON is of a damaged pickle: a value is missing',
  noType: (shown: string): string => `"$py": ${shown} is no type`,
  badExtension: (shown: string, most: number): string => `the extension code ${shown} is none from 1 to ${most}`,
  nestedCalls: (most: number): string => `calls of calls are nested more than ${most} deep`,
  badArguments: 'the arguments of a call are no tuple: no Python loads it',
  noCall: (what: string): string => `"${what}" of a call is no call and no persistent id`,
  badKeywords: 'the keyword arguments of a call are no plain object',
  unhashableKey: (why: string): string => `a key of a dict cannot be hashed: ${why}`,
  noStep: 'a step is no object',
  extensionProtocol: (code: number, protocol: number): string =>
    `the extension code ${code} needs protocol 2 or later, not ${protocol} (--protocol)`,
  noValue: 'the document has no value: the message was no pickle',
  damaged: 'the document is of a damaged pickle',
};

/** Sentences by what they say. */
export const views = {
  kinds,
  holes,
  packing,
  torchParts,
  docs: Object.fromEntries(OPCODES.map(({ name, doc }) => [name, doc])) as OpcodeDocs,

  // --- the line above a message
  fromByte: (offset: number): string => `from byte ${offset}`,
  protocol: (protocol: number): string => `protocol ${protocol}`,
  protocolSince: (protocol: number, python: string): string => `protocol ${protocol} (Python >= ${python})`,
  frames: (count: number): string => counted(count, 'frame'),
  topic: (topic: string): string => `topic '${topic}'`,
  wireFrames: (sizes: string): string => `frames ${sizes} B`,
  bytes: (count: number): string => `${count} bytes`,

  // --- vnpy's messages
  request: (name: string, count: number): string => `vnpy request: ${name}, ${count} arguments`,
  reply: 'vnpy reply: ok',
  failure: (error: string): string => `vnpy reply: failed: ${error}`,
  noText: 'no text',
  event: (format: EventFormat, topic: string, type: string): string =>
    `vnpy event (${formats[format]}): topic '${topic}'${type === '' ? '' : `, ${type}`}`,
  heartbeat: (format: EventFormat, time: string): string => `vnpy heartbeat (${formats[format]}): ${time}`,

  // --- values
  cutHole: (text: string): string => `cut: ${text}`,
  memoHole: (index: string): string => `memo entry ${index}`,
  missingBuffer: (index: number): string => `<buffer #${index} missing>`,
  extension: (code: number): string => `<extension ${code}>`,
  characters: (count: number): string => `${count} characters`,
  parts: (count: number): string => counted(count, 'part'),
  ofParts: (name: string, count: number): string => `${name} of ${counted(count, 'part')}`,
  anObject: 'object',
  objectOf: (name: string): string => `${name} object`,
  more: (count: number): string => `… ${count} more`,
  cutAfter: (lines: number): string => `… cut after ${lines} lines (--max-lines)`,
  rowsAndColumns: (rows: number, columns: number): string => `${rows} rows × ${columns} columns`,
  frame: (rows: number, columns: number): string =>
    `DataFrame of ${counted(rows, 'row')} × ${counted(columns, 'column')}`,
  series: (rows: number, dtype: string): string => `Series of ${rows} × ${dtype}`,
  index: (name: string, count: number, dtype: string): string => `${name} of ${count}, ${dtype}`,
  multiIndex: (count: number, levels: number, dtypes: string): string =>
    `MultiIndex of ${count}, ${levels} levels: ${dtypes}`,
  arrayOf: (dtype: string, shape: string): string => `${dtype} array of ${shape}`,
  masked: (array: string): string => `masked ${array}`,
  fields: (code: string, count: number): string => `${code}, ${counted(count, 'field')}`,
  objectFields: (code: string, count: number): string => `${code}, ${counted(count, 'field')} with objects`,
  noted: (note: string): string => ` (${note})`,
  chunks: (count: number): string => counted(count, 'chunk'),
  blocks: (count: number): string => counted(count, 'block'),
  noBuffer: 'a buffer that is missing',
  estimator: (version: string, parameters: number, fitted: number): string =>
    `scikit-learn ${version}, ${counted(parameters, 'parameter')}, ${fitted} fitted`,
  tensor: ({ shape, dtype, storage, count, device, offset, gradient, tooShort }: TensorFacts): string => {
    const more = [`${count} × ${dtype}`, device];
    if (offset !== 0) more.push(`from ${offset} on`);
    if (gradient) more.push('with gradient');
    if (tooShort) more.push('which is too short for it');
    return `tensor(${shape} ${dtype}) of storage ${storage} (${more.join(', ')})`;
  },

  // --- tables
  indexLine: (text: string): string => `index  ${text}`,
  moreRows: (count: number): string => `… ${counted(count, 'more row')}`,
  unreadColumns: (names: string, kind: string): string =>
    `values that are not shown: ${names} (pickle-inspect does not read ${kind})`,
  moreColumns: (count: number, names: string): string =>
    `… ${count} more ${count === 1 ? 'column' : 'columns'}: ${names}`,

  // --- stats
  size: (opcodes: number, frames: number, depth: number, stack: number): string =>
    `${opcodes} opcodes, ${frames} frames, nesting ${depth}, stack up to ${stack}`,
  memo: (stored: number, fetched: number, names: number, calls: number): string =>
    `memo: ${stored} stored, ${fetched} fetched; names ${names}, calls ${calls}`,
  byOpcode: 'bytes by opcode',
  byType: 'bytes by type (containers without their parts)',
  byPath: 'bytes by path (with all below)',
  repeated: 'texts written more than once',
  largest: 'largest values',
  moreDamaged: (count: number): string => `… ${count} more messages are damaged or beyond a limit`,
  messages: (count: number): string => `${count} messages`,
  messagesIn: (count: number, seconds: string): string => `${count} messages in ${seconds} s`,
  traffic,

  // --- diff
  onlyFirst: 'only in the first',
  onlySecond: 'only in the second',
  otherBytes: (one: string, other: string): string => `same value, other bytes: ${one}, ${other}`,
  changes: (changed: number, added: number, removed: number): string =>
    `${changed} changed, ${added} added, ${removed} removed`,
  sameValue: (count: number): string => `${count} with the same value and other bytes`,
  semicolon: '; ',
  lonely: (count: number): string => `${count} messages without a partner`,
  moreDifferences: (count: number): string => `… ${count} more differences (--max-diffs)`,
  nothingToCompare: 'nothing to compare: an input holds no pickle',

  // --- opcodes and bytes
  columns: {
    offset: 'off',
    length: 'len',
    bytes: 'bytes',
    opcode: 'opcode',
    argument: 'argument',
    stack: 'stack',
    memo: 'memo',
    path: 'path',
  },
  endsAt: (size: string, end: string): string => `${size} -> ends at ${end}`,
  arrayBytes: 'array',
  unreadBytes: 'unread',
  notRead: (count: number, from: number): string => `${count} more bytes were not read (--range ${from}- shows them)`,
  moreMessages: (count: number): string => `${count} more messages follow, which --compat does not show`,

  // --- choices and paths
  noMessage: (name: string, range: string, count: number, damaged: boolean): string =>
    `${name}: no message ${range}: the input has ${count}${damaged ? ', and cannot be read on' : ''}`,
  noTopic: (topic: string): string => `no message has a topic that contains ${topic} (--grep)`,
  meantCommand: (name: string): string => `; did you mean the command ${name}?`,
  read: (megabytes: string): string => `${megabytes} MB read`,
  noPart: (found: string, rest: string): string => `${found} has no ${rest}: it has no parts`,
  otherParts: (found: string, rest: string, steps: string): string => `${found} has no ${rest}: there are ${steps}`,
  inAll: (count: number): string => `… (${count} in all)`,

  // --- pickles, code and reports that are written
  notWritten: (why: string): string => `cannot be written again: ${why}`,
  noEnd: 'it has no end',
  saysOther: 'the result does not say the same as the input',
  notWhatItWas: (lost: string): string => `the pickle is not what it was: ${lost}`,
  lacks: (phrases: readonly string[], more: number): string =>
    `the JSON holds the value alone, and lacks ${phrases.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
  toRead: (name: string): string => `${name}: what loading this pickle would do. To read, not to run.`,
  stdin: 'standard input',
};

/** What every language has to say. */
export type ViewTexts = typeof views;
