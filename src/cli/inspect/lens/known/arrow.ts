/**
 * Texts of Arrow, in which pandas 3 keeps its strings: offsets into one run of UTF-8, and a bit for each that is there.
 *
 * pyarrow takes buffers as they come. Known is only an array whose offsets rise, and end within the bytes.
 *
 * @module
 */
import { entryOf } from '../../machine/nodes.js';
import type { Node } from '../../machine/nodes.js';
import type { Cell, Missing, Values } from '../cells.js';
import { bytesOf, integerOf, isBare, ownNames } from '../known.js';
import type { Context, Known, Recogniser } from '../known.js';
import { instanceOf } from './objects.js';
import { columnTypeOf } from './pandas-dtypes.js';
import { ARROW_TEXTS, hasOnly, isTidy } from './pandas-names.js';

interface KnownBuffer extends Known {
  readonly bytes: Uint8Array | undefined;
}

interface KnownTexts extends Known {
  readonly texts: readonly ArrowTexts[];
}

/** A run of texts. */
interface ArrowTexts {
  readonly length: number;
  text(at: number, short: boolean): string | undefined;
}

/** `type_for_alias('large_string')`. */
const alias: Recogniser = (call, args) => {
  const [name] = args;
  if (call.how !== 'REDUCE' || !isBare(call) || args.length !== 1) return undefined;
  if (name?.kind !== 'str' || !/^(?:large_)?string$/.test(name.value)) return undefined;
  return { type: 'pyarrow.DataType', profile: 'pandas', text: name.value, names: ownNames(call) };
};

function contentOf(node: Node | undefined, context: Context): { readonly bytes: Uint8Array | undefined } | undefined {
  if (node?.kind === 'buffer') return { bytes: node.data };
  if (node?.kind === 'bytearray') return { bytes: node.value };
  if (node?.kind === 'call' && context.known(node)?.type === 'bytearray') {
    const [content] = node.args.kind === 'tuple' ? node.args.items : [];
    const bytes = content === undefined ? new Uint8Array() : bytesOf(content, context);
    return bytes && { bytes };
  }
  const bytes = bytesOf(node, context);
  return bytes && { bytes };
}

/** `py_buffer(bytes)`. */
const buffer: Recogniser = (call, args, context): KnownBuffer | undefined => {
  const content = contentOf(args[0], context);
  if (call.how !== 'REDUCE' || !isBare(call) || args.length !== 1 || content === undefined) return undefined;
  const text = content.bytes === undefined ? 'a buffer that is missing' : `${content.bytes.length} bytes`;
  return { type: 'pyarrow.Buffer', profile: 'pandas', text, names: ownNames(call), bytes: content.bytes };
};

function bufferOf(node: Node | undefined, context: Context): Uint8Array | undefined {
  const known = node === undefined ? undefined : context.known(node);
  return known !== undefined && 'bytes' in known ? (known as KnownBuffer).bytes : undefined;
}

/** Bytes of a text of which a person sees the beginning. */
const SHORT = 1024;

/** `_restore_array((type, length, nulls, offset, [bits, offsets, bytes], [], None))`. */
const restore: Recogniser = (call, args, context): KnownTexts | undefined => {
  const [data] = args;
  if (call.how !== 'REDUCE' || !isBare(call) || args.length !== 1 || data?.kind !== 'tuple') return undefined;
  const [type, lengthNode, nulls, offsetNode, buffers, children, dictionary] = data.items;
  const kind = type === undefined ? undefined : context.known(type);
  const length = integerOf(lengthNode);
  const offset = integerOf(offsetNode);
  if (data.items.length !== 7 || kind?.type !== 'pyarrow.DataType' || integerOf(nulls) === undefined) return undefined;
  if (length === undefined || offset === undefined || length < 0 || offset < 0) return undefined;
  if (buffers?.kind !== 'list' || buffers.items.length !== 3 || buffers.end > call.at) return undefined;
  if (children?.kind !== 'list' || children.items.length > 0 || dictionary?.kind !== 'none') return undefined;
  const [bitsNode, offsetsNode, bytesNode] = buffers.items;
  const bits = bitsNode?.kind === 'none' ? null : bufferOf(bitsNode, context);
  const offsets = bufferOf(offsetsNode, context);
  const bytes = bytesNode?.kind === 'none' ? new Uint8Array() : bufferOf(bytesNode, context);
  if (bits === undefined || offsets === undefined || bytes === undefined) return undefined;
  if (bits !== null && bits.length * 8 < length + offset) return undefined;
  const places = placesIn(offsets, kind.text === 'large_string', offset, length, bytes.length);
  if (places === undefined) return undefined;
  const text = (at: number, short: boolean): string | undefined => {
    const place = at + offset;
    if (bits !== null && (((bits[place >> 3] ?? 0) >> (place & 7)) & 1) === 0) return undefined;
    const start = places(at);
    const end = places(at + 1);
    const part = bytes.subarray(start, short ? Math.min(end, start + SHORT) : end);
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(part);
  };
  return {
    type: 'pyarrow.Array',
    profile: 'pandas',
    text: `${length} texts`,
    names: ownNames(call),
    texts: [{ length, text }],
  };
};

/** Where each text begins; undefined when the offsets fall, or leave the bytes. */
function placesIn(
  data: Uint8Array,
  isLarge: boolean,
  offset: number,
  length: number,
  limit: number,
): ((at: number) => number) | undefined {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const size = isLarge ? 8 : 4;
  // Of no texts there need be no offsets.
  if (length === 0) return () => 0;
  if (data.length < (offset + length + 1) * size) return undefined;
  const place = (at: number): number =>
    isLarge ? Number(view.getBigInt64((offset + at) * 8, true)) : view.getInt32((offset + at) * 4, true);
  let last = 0;
  for (let at = 0; at <= length; at++) {
    const next = place(at);
    if (next < last || next > limit) return undefined;
    last = next;
  }
  return place;
}

function textsOf(node: Node | undefined, context: Context): readonly ArrowTexts[] | undefined {
  const known = node === undefined ? undefined : context.known(node);
  return known !== undefined && 'texts' in known ? (known as KnownTexts).texts : undefined;
}

/** `chunked_array([array, ...], type)`: as pandas before 2 and after joining. */
const chunked: Recogniser = (call, args, context): KnownTexts | undefined => {
  const [list, type] = args;
  if (call.how !== 'REDUCE' || !isBare(call) || args.length > 2 || list?.kind !== 'list' || list.end > call.at)
    return undefined;
  if (type !== undefined && context.known(type)?.type !== 'pyarrow.DataType') return undefined;
  const texts: ArrowTexts[] = [];
  for (const item of list.items) {
    const part = textsOf(item, context);
    if (part === undefined) return undefined;
    for (const one of part) texts.push(one);
  }
  return {
    type: 'pyarrow.ChunkedArray',
    profile: 'pandas',
    text: `${texts.length} chunks`,
    names: ownNames(call),
    texts,
  };
};

const STATE = new Set(['_pa_array', '_data', '_dtype', '_cache', '_readonly']);
const NA: Missing = { missing: '<NA>' };
const NAN: Missing = { missing: 'NaN' };

/** `ArrowStringArray`. */
const column: Recogniser = (call, _args, context) => {
  const made = instanceOf(call, context);
  if (made?.state === undefined || !hasOnly(made.state, STATE)) return undefined;
  const texts = textsOf(entryOf(made.state, '_pa_array') ?? entryOf(made.state, '_data'), context);
  const type = columnTypeOf(entryOf(made.state, '_dtype'), context);
  if (texts === undefined || type?.kind !== 'text' || !isTidy(made.state, context)) return undefined;
  const values = joined(texts, type.name);
  const text = `${type.name} array of ${values.shape[0] ?? 0}`;
  return { type: 'pandas.ArrowStringArray', profile: 'pandas', text, names: made.names, values };
};

function joined(texts: readonly ArrowTexts[], dtype: string): Values {
  const missing = dtype === 'str' ? NAN : NA;
  const length = texts.reduce((sum, part) => sum + part.length, 0);
  const cell = (at: number, short = false): Cell => {
    let rest = at;
    for (const part of texts) {
      if (rest < part.length) return part.text(rest, short) ?? missing;
      rest -= part.length;
    }
    return missing;
  };
  return { dtype, shape: [length], cell };
}

/** Recognisers by name. */
export const ARROW: Readonly<Record<string, Recogniser>> = {
  'pyarrow.lib.type_for_alias': alias,
  'pyarrow.lib.py_buffer': buffer,
  'pyarrow.lib._restore_array': restore,
  'pyarrow.lib.chunked_array': chunked,
  ...Object.fromEntries([...ARROW_TEXTS].map((name) => [name, column])),
};
