/**
 * What bytes are, by what they say themselves; a file's name and extension are never asked.
 *
 * @module
 */
import { isMcap } from '../../recording/format.js';
import { analyse } from '../machine/analyse.js';
import { isCapture } from './packets.js';
import type { Format } from './formats.js';
import { isNpy } from './npy.js';
import { actsAsPickle, PROTO } from './looks-like-pickle.js';
import { levelOf } from '../findings/finding.js';
import type { Said } from '../findings/finding.js';
import { isCaptureLine } from './json-lines.js';
import { decodeBase64, decodeHex, detectTextForm, TextFormError } from './text-forms.js';
import type { TextForm } from './text-forms.js';

/** A format that was decided, or a container that the inspector knows and cannot open. A recording always says that it is one. */
export type Detected = Exclude<Format, 'auto'> | 'mcap' | 'tar' | 'zstd' | Unsupported | PlainText;

/** What holds no pickle in any form, and is named as what it is. */
export interface PlainText {
  readonly plain: 'text' | 'JSON';
}

/** A container that is known and not opened. */
export interface Unsupported {
  readonly unsupported: string;
  /** What a person can do with the file of that name. */
  readonly hint: (file: string) => Said;
}

function startsWith(data: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, index) => data[index] === byte);
}

const unpackWith =
  (command: string): Unsupported['hint'] =>
  (file) =>
  ({ containers }) =>
    containers.unpackWith(`${command} ${file} | pickle-inspect`);

const UNZSTD = unpackWith('zstd -dc');

/** zstd, where this Node.js has none. */
export const NO_ZSTD: Unsupported = {
  unsupported: 'zstd',
  hint: (file) => (facts) => facts.containers.newerNode(UNZSTD(file)(facts)),
};

const XZ = unpackWith('xz -dc');
const BZIP2: Unsupported = { unsupported: 'bzip2', hint: unpackWith('bzip2 -dc') };

// No unpickler gets past the first opcodes of any of these without an error, and none of those calls anything.
const UNSUPPORTED: readonly (readonly [magic: readonly number[], what: Unsupported])[] = [
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], { unsupported: 'xz', hint: XZ }],
  [[0x04, 0x22, 0x4d, 0x18], { unsupported: 'lz4', hint: unpackWith('lz4 -dc') }],
  [[0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], { unsupported: '7z', hint: unpackWith('7z x -so') }],
  [[0x52, 0x61, 0x72, 0x21, 0x1a, 0x07], { unsupported: 'rar', hint: unpackWith('unrar p -inul') }],
  [[0x89, 0x48, 0x44, 0x46], { unsupported: 'HDF5', hint: () => (facts) => facts.containers.holdsArrays }],
];

const LZMA: Unsupported = { unsupported: 'lzma', hint: XZ };

/** What `xz --format=lzma` and Python write: the usual properties, a dictionary of whole pages, and no size or a sensible one. */
function isLzma(data: Uint8Array): boolean {
  if (!startsWith(data, [0x5d, 0x00, 0x00]) || data.length < 13) return false;
  const size = data.subarray(5, 13);
  return size.every((byte) => byte === 0xff) || size.subarray(5).every((byte) => byte === 0);
}

const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];
const PARQUET: Unsupported = { unsupported: 'Parquet', hint: () => (facts) => facts.containers.holdsTables };

/** `BZh`, a level, and the digits of pi (a block) or of its root (the end of an empty file). */
function isBzip2(data: Uint8Array): boolean {
  if (!startsWith(data, [0x42, 0x5a, 0x68])) return false;
  const level = data[3] ?? 0;
  const body = data.subarray(4);
  return (
    level >= 0x31 && level <= 0x39 && (startsWith(body, [0x31, 0x41, 0x59]) || startsWith(body, [0x17, 0x72, 0x45]))
  );
}

const TAR_MARK = 257;

/** `PK` and the signature of a member, or of the end of an empty archive. */
function isZip(data: Uint8Array): boolean {
  return startsWith(data, [0x50, 0x4b, 0x03, 0x04]) || startsWith(data, [0x50, 0x4b, 0x05, 0x06]);
}

/** A zlib stream: deflate with a window of up to 32 KiB, and a header that is a multiple of 31. */
function isZlib(data: Uint8Array): boolean {
  const [first, second] = data;
  return first === 0x78 && second !== undefined && ((first << 8) | second) % 31 === 0;
}

const UTF16_LITTLE = [0xff, 0xfe];
const UTF8_MARK = [0xef, 0xbb, 0xbf];

/** The input as text, when it is some: UTF-8, or UTF-16 with its mark (as PowerShell redirects). */
export function asText(data: Uint8Array): string | undefined {
  if (startsWith(data, UTF16_LITTLE)) return new TextDecoder('utf-16le').decode(data);
  const body = startsWith(data, UTF8_MARK) ? data.subarray(3) : data;
  // Text does not hold a NUL; a look at the start spares decoding a large binary file.
  if (body.subarray(0, 4096).includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}

/** Whether text is lines of JSON. */
function looksLikeJsonLines(text: string): boolean {
  return /^\s*(?:\{|\[\s*"|"[A-Za-z0-9+/=_-]+"\s*$)/m.test(text.slice(0, 4096).split('\n', 1)[0] ?? '');
}

/** Whether text is a JSON document, and no line of it is a message of a capture. */
function isJsonDocument(text: string): boolean {
  try {
    JSON.parse(text);
  } catch {
    return false;
  }
  return text.split('\n').every((line) => line.trim() === '' || !isCaptureLine(line));
}

/**
 * Whether bytes that a text stands for are worth being taken for them. A text that was meant as text is base64 by chance, and
 * then of nothing.
 */
function isSomething(data: Uint8Array): boolean {
  const format = detectFormat(data);
  return format !== 'raw' || data[0] === PROTO || actsAsPickle(data) || readsLikePickle(data);
}

/** What is wrong with a pickle that is one: it is cut, or its texts are of another encoding. */
const DAMAGES: ReadonlySet<string> = new Set(['E020', 'E021', 'E023']);

/** Whether bytes read like a damaged pickle of protocol 0 or 1, which is text itself: half of it, and more than a word. */
function readsLikePickle(data: Uint8Array): boolean {
  const { findings, facts } = analyse(data);
  const strange = findings.find((finding) => levelOf(finding) === 'error' && !DAMAGES.has(finding.code));
  return facts.opcodes > 2 && (strange?.offset ?? data.length) >= data.length / 2;
}

/** Decides what bytes are. What is nothing else is raw: a pickle, damaged perhaps. */
export function detectFormat(data: Uint8Array): Detected {
  if (data[0] === PROTO) return 'raw';
  if (startsWith(data, [0x1f, 0x8b])) return 'gzip';
  if (isZlib(data)) return 'zlib';
  if (isZip(data)) return 'zip';
  if (isNpy(data)) return 'npy';
  if (isCapture(data)) return 'pcap';
  if (isMcap(data)) return 'mcap';
  if (startsWith(data, ZSTD)) return 'zstd';
  if (isBzip2(data)) return BZIP2;
  if (isLzma(data)) return LZMA;
  const unsupported = UNSUPPORTED.find(([magic]) => startsWith(data, magic));
  if (unsupported !== undefined) return unsupported[1];
  if (actsAsPickle(data)) return 'raw';
  if (startsWith(data, [0x50, 0x41, 0x52, 0x31])) return PARQUET;
  if (startsWith(data.subarray(TAR_MARK), [0x75, 0x73, 0x74, 0x61, 0x72])) return 'tar';
  const text = asText(data);
  if (text === undefined) return isLengthPrefixed(data) ? 'lenprefix32' : 'raw';
  if (text.trim() === '') return 'raw';
  if (isJsonDocument(text)) return { plain: 'JSON' };
  if (looksLikeJsonLines(text)) return 'jsonl';
  const form: TextForm | undefined = detectTextForm(text);
  if (form !== undefined && holdsPickle(form, text)) return form;
  return readsLikePickle(data) ? 'raw' : { plain: 'text' };
}

/** Whether a text in this form holds something. Of `repr` and of lines that begin as pickles do the form alone says so. */
function holdsPickle(form: TextForm, text: string): boolean {
  if (form !== 'hex' && form !== 'base64') return true;
  try {
    return isSomething(form === 'hex' ? decodeHex(text) : decodeBase64(text));
  } catch (error) {
    if (!(error instanceof TextFormError)) throw error;
    // Copied in part, perhaps: as a pickle begins.
    return /^\s*(?:gA|(?:0x|\\x)?80)/i.test(text);
  }
}

/** Whether data is a row of pickles, each behind its length in 4 bytes. */
function isLengthPrefixed(data: Uint8Array): boolean {
  return data.length > 6 && prefixOrder(data) !== undefined && data[4] === PROTO;
}

/** The byte order in which the first 4 bytes are a length that fits; undefined when in neither. */
export function prefixOrder(data: Uint8Array): 'big' | 'little' | undefined {
  if (data.length < 4) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const fits = (length: number): boolean => length > 0 && length <= data.length - 4;
  if (fits(view.getUint32(0, false))) return 'big';
  return fits(view.getUint32(0, true)) ? 'little' : undefined;
}
