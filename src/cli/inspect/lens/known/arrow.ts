/**
 * Arrays of Arrow, in which pandas keeps its strings since 3, and any column of an `ArrowDtype`. They are a bit for each value
 * that is there, and buffers with the values.
 *
 * pyarrow takes buffers as they come. Known is only an array whose offsets rise, and whose values all lie within its buffers.
 *
 * @module
 */
import { entryOf } from '../../machine/nodes.js';
import type { Node } from '../../machine/nodes.js';
import type { Cell, Missing, Values } from '../cells.js';
import { bytesOf, integerOf, inWords, isBare, ownNames } from '../known.js';
import type { Context, Known, Recogniser } from '../known.js';
import { valuesText } from './array-text.js';
import { arrowTypeOf } from './arrow-types.js';
import type { ArrowField, ArrowType } from './arrow-types.js';
import { quoted } from './numpy-values.js';
import { instanceOf } from './objects.js';
import { columnTypeOf } from './pandas-dtypes.js';
import { ARROW_ARRAYS, ARROW_TEXTS, hasOnly, isTidy } from './pandas-names.js';

interface KnownBuffer extends Known {
  readonly bytes: Uint8Array | undefined;
}

interface KnownChunks extends Known {
  readonly chunks: readonly Chunk[];
  /** Of no chunks it may not be known. */
  readonly itemType: ArrowType | undefined;
}

/** A run of values. */
interface Chunk {
  readonly type: ArrowType;
  readonly length: number;
  /** Where all of it was there: behind the last item of its lists. */
  readonly end: number;
  /** Undefined: missing. */
  readonly cell: (at: number, short: boolean) => Cell | undefined;
}

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
  const { bytes } = content;
  const said = inWords((words) => (bytes === undefined ? words.noBuffer : words.bytes(bytes.length)));
  return { type: 'pyarrow.Buffer', profile: 'pandas', ...said, names: ownNames(call), bytes };
};

/** The bytes of a buffer, none for None; undefined for what is neither. */
function bufferOf(node: Node | undefined, context: Context): Uint8Array | null | undefined {
  if (node?.kind === 'none') return null;
  const known = node === undefined ? undefined : context.known(node);
  return known !== undefined && 'bytes' in known ? (known as KnownBuffer).bytes : undefined;
}

/** Bytes of a text of which a person sees the beginning. */
const SHORT = 1024;
/** Items of a list that are shown. */
const SHOWN = 8;

/** Values that take no byte each: nobody has more, and a list of them would have no end. */
const MAX_EMPTY = 10_000_000;

/** What all arrays have: which values are there. */
interface Layout {
  readonly length: number;
  readonly offset: number;
  /** One buffer less than the array has: the first says what is missing. */
  readonly buffers: readonly (Uint8Array | null)[];
  readonly children: readonly Chunk[];
  readonly dictionary: Chunk | undefined;
  readonly isThere: (at: number) => boolean;
}

/** Types of the children of an array of this type. What a type is made of is bounded, so what an array is made of is. */
function childTypes(type: ArrowType): readonly ArrowType[] {
  if (type.kind === 'list') return [type.item.type];
  return type.kind === 'struct' ? type.fields.map((field) => field.type) : [];
}

/**
 * `(type, length, nulls, offset, buffers, children, dictionary)`, children and dictionary alike. Looked at once, however many
 * arrays share it.
 */
function chunkOf(data: Node | undefined, context: Context): Chunk | undefined {
  return data?.kind === 'tuple' && data.items.length === 7
    ? context.once(data, () => madeChunk(data.items, context))
    : undefined;
}

function madeChunk(items: readonly Node[], context: Context): Chunk | undefined {
  const [typeNode, lengthNode, nullsNode, offsetNode, bufferList, childList, dictionaryNode] = items;
  const type = arrowTypeOf(typeNode, context);
  const [length, nulls, offset] = [lengthNode, nullsNode, offsetNode].map(integerOf);
  if (type === undefined || length === undefined || nulls === undefined || offset === undefined) return undefined;
  if (length < 0 || offset < 0 || !Number.isSafeInteger(length + offset)) return undefined;
  if (bufferList?.kind !== 'list' || childList?.kind !== 'list') return undefined;
  const [bits, ...buffers] = bufferList.items.map((item) => bufferOf(item, context));
  if (bits === undefined || !buffers.every((one) => one !== undefined)) return undefined;
  if (bits === null ? nulls > 0 && type.kind !== 'null' : bits.length * 8 < length + offset) return undefined;
  const types = childTypes(type);
  const hasDictionary = type.kind === 'dictionary';
  if (childList.items.length !== types.length || (dictionaryNode?.kind === 'none') === hasDictionary) return undefined;
  const children = types.map((of, at) => chunkOfType(childList.items[at], of, context));
  const dictionary = hasDictionary ? chunkOfType(dictionaryNode, type.value, context) : undefined;
  if (!children.every((child) => child !== undefined) || (hasDictionary && dictionary === undefined)) return undefined;
  const isThere = (at: number): boolean => bits === null || bitAt(bits, at + offset);
  const cell = readerOf(type, { length, offset, buffers, children, dictionary, isThere });
  if (cell === undefined) return undefined;
  const end = Math.max(bufferList.end, childList.end, ...children.map((child) => child.end), dictionary?.end ?? 0);
  return { type, length, end, cell: (at, short) => (isThere(at) ? cell(at, short) : undefined) };
}

/** An array that has to be of a type, which is asked before anything in it. */
function chunkOfType(data: Node | undefined, type: ArrowType, context: Context): Chunk | undefined {
  const own = data?.kind === 'tuple' ? arrowTypeOf(data.items[0], context) : undefined;
  return own?.name === type.name ? chunkOf(data, context) : undefined;
}

function bitAt(bits: Uint8Array, at: number): boolean {
  return (((bits[Math.floor(at / 8)] ?? 0) >> (at % 8)) & 1) === 1;
}

type Reader = Chunk['cell'];

/** How the values of a type are read; undefined where they do not lie within their buffers. */
function readerOf(type: ArrowType, layout: Layout): Reader | undefined {
  const { length, offset, buffers, children } = layout;
  const end = length + offset;
  // Of no values there need be no bytes.
  const [data] = buffers.map((one) => one ?? new Uint8Array());
  switch (type.kind) {
    case 'null':
      return buffers.length === 0 && length <= MAX_EMPTY ? () => undefined : undefined;
    case 'bool':
      if (buffers.length !== 1 || data === undefined || data.length * 8 < end) return undefined;
      return (at) => bitAt(data, at + offset);
    case 'fixed': {
      const { size, read } = type;
      if (buffers.length !== 1 || data === undefined || data.length < end * size) return undefined;
      return (at) => read(data.subarray((at + offset) * size, (at + offset + 1) * size));
    }
    case 'text':
    case 'binary':
      return buffers.length === 2 ? textReader(type, layout) : undefined;
    case 'dictionary':
      return dictionaryReader(type, layout);
    case 'list':
      return buffers.length === 1 ? listReader(type, layout) : undefined;
    case 'struct': {
      if (children.length === 0 && length > MAX_EMPTY) return undefined;
      const isWhole = buffers.length === 0 && children.every((child) => child.length >= end);
      return isWhole ? structReader(type.fields, children, offset) : undefined;
    }
  }
}

/** Where each item of a run begins; undefined when the offsets fall, or leave the run. */
function placesIn(
  data: Uint8Array | null | undefined,
  isLarge: boolean,
  { offset, length }: Layout,
  limit: number,
): ((at: number) => number) | undefined {
  // Of no texts there need be no offsets.
  if (length === 0) return () => 0;
  const size = isLarge ? 8 : 4;
  if (data === undefined || data === null || data.length < (offset + length + 1) * size) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
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

function textReader({ kind, isLarge }: ArrowType & { kind: 'text' | 'binary' }, layout: Layout): Reader | undefined {
  const [offsets, content] = layout.buffers;
  const bytes = content ?? new Uint8Array();
  const places = placesIn(offsets, isLarge, layout, bytes.length);
  if (places === undefined) return undefined;
  return (at, short) => {
    const start = places(at);
    const end = places(at + 1);
    const part = bytes.subarray(start, short ? Math.min(end, start + SHORT) : end);
    // Bytes are shown as NumPy's are: as text in which nothing is lost.
    if (kind === 'binary') return Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString('latin1');
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(part);
  };
}

/** Numbers of a dictionary's values, which are all there. */
function dictionaryReader(
  { index, value }: ArrowType & { kind: 'dictionary' },
  { dictionary, ...layout }: Layout,
): Reader | undefined {
  const places = readerOf(index, { ...layout, dictionary: undefined });
  if (places === undefined || dictionary?.type.name !== value.name) return undefined;
  const place = (at: number): number => Number(places(at, false));
  for (let at = 0; at < layout.length; at++) {
    const number = place(at);
    if (layout.isThere(at) && !(number >= 0 && number < dictionary.length)) return undefined;
  }
  return (at, short) => dictionary.cell(place(at), short);
}

function listReader({ isLarge, item }: ArrowType & { kind: 'list' }, layout: Layout): Reader | undefined {
  const [items, ...more] = layout.children;
  if (items?.type.name !== item.type.name || more.length > 0) return undefined;
  const places = placesIn(layout.buffers[0], isLarge, layout, items.length);
  if (places === undefined) return undefined;
  return (at) => {
    const [start, end] = [places(at), places(at + 1)];
    const cells = function* (last: number, short: boolean): Generator<Cell> {
      for (let place = start; place < last; place++) yield items.cell(place, short) ?? NA;
    };
    const shown = [...cells(Math.min(end, start + SHOWN), true)].map(quoted);
    const written = `[${shown.join(', ')}${end - start > SHOWN ? ', …' : ''}]`;
    return { written, fields: () => [...cells(end, false)] };
  };
}

function structReader(fields: readonly ArrowField[], children: readonly Chunk[], offset: number): Reader {
  return (at) => {
    const parts = fields.slice(0, SHOWN).map(({ name }, number) => {
      const cell = children[number]?.cell(at + offset, true) ?? NA;
      return `'${name}': ${quoted(cell)}`;
    });
    return { written: `{${parts.join(', ')}${fields.length > SHOWN ? ', …' : ''}}` };
  };
}

const NA: Missing = { missing: '<NA>' };
const NAN: Missing = { missing: 'NaN' };

function joined(chunks: readonly Chunk[], dtype: string, missing = NA): Values {
  const starts: number[] = [];
  let length = 0;
  for (const chunk of chunks) {
    starts.push(length);
    length += chunk.length;
  }
  const cell = (at: number, short = false): Cell => {
    // The last chunk that begins at or before the place.
    let low = 0;
    for (let high = chunks.length; high - low > 1;) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= at) low = middle;
      else high = middle;
    }
    return chunks[low]?.cell(at - (starts[low] ?? 0), short) ?? missing;
  };
  return { dtype, shape: [length], cell };
}

function chunksOf(node: Node | undefined, context: Context): KnownChunks | undefined {
  const known = node === undefined ? undefined : context.known(node);
  return known !== undefined && 'chunks' in known ? (known as KnownChunks) : undefined;
}

function array(
  type: string,
  chunks: readonly Chunk[],
  itemType: ArrowType | undefined,
  names: Known['names'],
): KnownChunks {
  const values = joined(chunks, itemType?.name ?? 'null');
  const [length = 0] = values.shape;
  const said = inWords((words) => `${words.arrayOf(values.dtype, String(length))} ${valuesText(values, length)}`);
  return { type, profile: 'pandas', ...said, names, values, chunks, itemType };
}

/** `_restore_array((type, length, nulls, offset, [bits, …], […], dictionary))`. */
const restore: Recogniser = (call, args, context) => {
  if (call.how !== 'REDUCE' || !isBare(call) || args.length !== 1) return undefined;
  const chunk = chunkOf(args[0], context);
  if (chunk === undefined || chunk.end > call.at) return undefined;
  return array('pyarrow.Array', [chunk], chunk.type, ownNames(call));
};

/** `chunked_array([array, ...], type)`: as pandas before 2 and after joining. */
const chunked: Recogniser = (call, args, context) => {
  const [list, typeNode] = args;
  if (call.how !== 'REDUCE' || !isBare(call) || args.length > 2 || list?.kind !== 'list' || list.end > call.at)
    return undefined;
  const named = arrowTypeOf(typeNode, context);
  if (typeNode !== undefined && named === undefined) return undefined;
  const chunks: Chunk[] = [];
  for (const item of list.items) {
    const part = chunksOf(item, context);
    if (part === undefined) return undefined;
    for (const one of part.chunks) chunks.push(one);
  }
  const type = named ?? chunks[0]?.type;
  if (!chunks.every((chunk) => chunk.type.name === type?.name)) return undefined;
  return array('pyarrow.ChunkedArray', chunks, type, ownNames(call));
};

const STATE = new Set(['_pa_array', '_data', '_dtype', '_cache', '_readonly']);

/** `ArrowStringArray`, and `ArrowExtensionArray` of any other type. */
const column: Recogniser = (call, _args, context) => {
  const made = instanceOf(call, context);
  if (made?.state === undefined || !hasOnly(made.state, STATE)) return undefined;
  const known = chunksOf(entryOf(made.state, '_pa_array') ?? entryOf(made.state, '_data'), context);
  const type = columnTypeOf(entryOf(made.state, '_dtype'), context);
  if (known === undefined || type === undefined || !isTidy(made.state, context)) return undefined;
  const { chunks } = known;
  const isText = ARROW_TEXTS.has(context.nameOf(made.class) ?? '');
  if (isText ? type.kind !== 'text' : type.kind !== 'arrow' || type.arrow !== known.itemType?.name) return undefined;
  if (isText && chunks.some((chunk) => chunk.type.kind !== 'text')) return undefined;
  const values = joined(chunks, type.name, type.name === 'str' ? NAN : NA);
  const said = inWords((words) => words.arrayOf(type.name, String(values.shape[0] ?? 0)));
  const name = isText ? 'pandas.ArrowStringArray' : 'pandas.ArrowExtensionArray';
  return { type: name, profile: 'pandas', ...said, names: made.names, values };
};

/** Recognisers by name. */
export const ARROW: Readonly<Record<string, Recogniser>> = {
  'pyarrow.lib.py_buffer': buffer,
  'pyarrow.lib._restore_array': restore,
  'pyarrow.lib.chunked_array': chunked,
  ...Object.fromEntries([...ARROW_TEXTS, ...ARROW_ARRAYS].map((name) => [name, column])),
};
