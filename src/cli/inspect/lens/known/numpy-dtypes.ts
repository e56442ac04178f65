/**
 * NumPy's types, structured ones and those of objects too.
 *
 * numpy believes what a pickle says about memory. Flags may make bytes addresses, and a field may lie over a pointer. A list may
 * be shorter than its array, and a type may change after it was used. None of that is known here.
 *
 * @module
 */
import type { ViewTexts } from '../../../lang/en/views.js';
import type { CallNode, DictNode, ListNode, Node } from '../../machine/nodes.js';
import { bytesOf, integerOf, inWords, ownNames } from '../known.js';
import type { Context, Known, Recogniser } from '../known.js';

const PLAIN_DTYPE = /^(?:b1|\?|[iu][1248]|f(?:2|4|8|12|16)|c(?:8|16|24|32)|[mM]8|[SU]\d+)$/;
const OBJECT_DTYPE = /^O[48]?$/;
const VOID_DTYPE = /^V(\d+)$/;
const RECORDS: ReadonlySet<string> = new Set(['numpy.record', 'numpy.rec.record', 'numpy.core.records.record']);

/**
 * numpy's flags of a dtype (ndarraytypes.h), in this order. Items are references, an array is pickled as a list, items are
 * pointers. Memory has to be cleared first, and the interpreter's lock has to be held.
 */
const REFERENCES = 0x01;
const LIST_PICKLE = 0x02;
const POINTERS = 0x04;
const CLEARED = 0x08;
const LOCKED = 0x10;
/** What numpy sets for every type with objects. */
const OBJECTS = REFERENCES | LIST_PICKLE | CLEARED | LOCKED;
/** What turns bytes into addresses. */
const DANGEROUS = REFERENCES | LIST_PICKLE | POINTERS;

/** A type of items. */
export interface Dtype {
  /** `f8`; `O8` for objects, `V12` for what has fields or a shape. */
  readonly code: string;
  readonly little: boolean;
  readonly flags: number;
  /** Items are, or hold, references to objects. */
  readonly objects: boolean;
  /** Bytes of an item. */
  readonly size: number;
  /** Number of fields; undefined for a type without. */
  readonly fields: number | undefined;
  /** An item is an array: only a field can be of such a type. */
  readonly isArray: boolean;
  /** Offset of the opcode that completes it: what is before that sees another type. */
  readonly at: number;
  /** Of dates and spans: what they count, `ns`, and how many of it. */
  readonly unit?: DateUnit;
  /** The fields, in the order of their names. */
  readonly layout?: readonly DtypeField[];
}

/** What dates and spans count. */
export interface DateUnit {
  readonly name: string;
  readonly step: number;
}

/** A field of a structured type. */
export interface DtypeField {
  readonly name: string;
  readonly offset: number;
  readonly type: Dtype;
}

interface KnownDtype extends Known {
  readonly dtype: Dtype;
}

/** The type that a node stands for, when it was complete at an offset. */
export function dtypeOf(node: Node | undefined, context: Context, before: number): Dtype | undefined {
  const known = node === undefined ? undefined : context.known(node);
  if (known === undefined || !('dtype' in known)) return undefined;
  const { dtype } = known as KnownDtype;
  return dtype.at < before ? dtype : undefined;
}

/** `dtype('f8', False, True)` with the state `(3, '<', None, None, None, -1, -1, 0)`. */
export const dtype: Recogniser = (call, args, context): KnownDtype | undefined => {
  const type = typeOf(call, args, context);
  if (type === undefined) return undefined;
  const [code] = args;
  const names = code?.kind === 'global' ? ownNames(call, code) : ownNames(call);
  return {
    type: 'numpy.dtype',
    profile: 'numpy',
    ...inWords((words) => `dtype('${dtypeText(type, words)}')`),
    names,
    dtype: type,
  };
};

function typeOf(call: CallNode, args: readonly Node[], context: Context): Dtype | undefined {
  const [code, ...switches] = args;
  const [step, ...more] = call.steps;
  if (call.how !== 'REDUCE' || switches.length > 2 || switches.some((node) => integerOf(node) === undefined))
    return undefined;
  if (more.length > 0 || step?.kind !== 'state' || step.state.kind !== 'tuple') return undefined;
  const { items } = step.state;
  const [version, orderNode, subarray, names, fields, elementSize, alignment, flagsNode, metadata] = items;
  const flags = integerOf(flagsNode);
  const order = orderNode?.kind === 'str' && /^[<>|=]$/.test(orderNode.value) ? orderNode.value : undefined;
  if (flags === undefined || order === undefined || integerOf(version) !== items.length - 5) return undefined;
  if (items.length !== 8 && (items.length !== 9 || metadata === undefined)) return undefined;
  const size = integerOf(elementSize);
  if (size === undefined || !isAlignment(integerOf(alignment))) return undefined;
  const base = { little: order !== '>', flags, fields: undefined, isArray: false, at: step.at };
  const { at } = step;
  if (code?.kind === 'str' && !VOID_DTYPE.test(code.value)) {
    if (subarray?.kind !== 'none' || names?.kind !== 'none' || fields?.kind !== 'none') return undefined;
    const plain = plainType(code.value, size, flags);
    const isDate = /^[mM]/.test(code.value);
    if (plain === undefined || !isMetadata(metadata, isDate, context)) return undefined;
    return isDate ? { ...base, ...plain, unit: unitOf(metadata, context) } : { ...base, ...plain };
  }
  const isRecord = code?.kind === 'global' && RECORDS.has(context.nameOf(code) ?? '');
  if (!isRecord && (code?.kind !== 'str' || code.value !== `V${size}`)) return undefined;
  if (size < 0 || !isMetadata(metadata, false, context)) return undefined;
  const known = { ...base, code: `V${size}`, size };
  if (subarray?.kind === 'tuple') {
    if (isRecord || names?.kind !== 'none' || fields?.kind !== 'none') return undefined;
    const item = subarrayType(subarray, context, at);
    if (item?.size !== size || (item.flags & DANGEROUS) !== (flags & DANGEROUS)) return undefined;
    if (item.objects && (flags & OBJECTS) !== OBJECTS) return undefined;
    return { ...known, isArray: true, objects: item.objects };
  }
  if (subarray?.kind !== 'none') return undefined;
  if (names?.kind === 'none' && fields?.kind === 'none')
    return (flags & DANGEROUS) === 0 ? { ...known, objects: false } : undefined;
  if (names?.kind !== 'tuple' || fields?.kind !== 'dict' || fields.end > at) return undefined;
  const parts = fieldsOf(names, fields, context, at);
  if (parts === undefined || !isLayout(parts, size)) return undefined;
  const objects = parts.some(({ type }) => type.objects);
  const isMarked = objects ? (flags & (OBJECTS | POINTERS)) === OBJECTS : (flags & DANGEROUS) === 0;
  return isMarked ? { ...known, objects, fields: parts.length, layout: parts } : undefined;
}

function plainType(code: string, size: number, flags: number): Pick<Dtype, 'code' | 'size' | 'objects'> | undefined {
  const objects = OBJECT_DTYPE.test(code);
  if (!objects && !PLAIN_DTYPE.test(code)) return undefined;
  const own = Number(code.slice(1) || (objects ? '8' : '1')) * (code.startsWith('U') ? 4 : 1);
  // Of texts numpy takes the size from here, of numbers it knows better.
  if (size !== own && (size !== -1 || /^[SU]/.test(code))) return undefined;
  if (objects ? (flags & (OBJECTS | POINTERS)) !== (OBJECTS | POINTERS) : (flags & DANGEROUS) !== 0) return undefined;
  return { code, size: own, objects };
}

/** -1 when numpy knows it by itself. */
function isAlignment(value: number | undefined): boolean {
  return value === -1 || (value !== undefined && value > 0 && value <= 64 && (value & (value - 1)) === 0);
}

/** What may follow the flags: a dict of the program's, and for dates `({}, (b'ns', 1, 1, 1))`. */
function isMetadata(node: Node | undefined, isDate: boolean, context: Context): boolean {
  if (node === undefined) return true;
  if (!isDate) return node.kind === 'dict' || node.kind === 'none';
  const [own, unit, ...more] = node.kind === 'tuple' ? node.items : [];
  if (more.length > 0 || (own?.kind !== 'dict' && own?.kind !== 'none') || unit?.kind !== 'tuple') return false;
  const [name, ...numbers] = unit.items;
  if (bytesOf(name, context) === undefined) return false;
  return numbers.length === 3 && numbers.every((number) => (integerOf(number) ?? 0) > 0);
}

/** The unit of dates, of metadata that {@link isMetadata} takes. */
function unitOf(metadata: Node | undefined, context: Context): DateUnit {
  const unit = metadata?.kind === 'tuple' ? metadata.items[1] : undefined;
  const [name, step] = unit?.kind === 'tuple' ? unit.items : [];
  return { name: Buffer.from(bytesOf(name, context) ?? []).toString('latin1'), step: integerOf(step) ?? 1 };
}

/** `(dtype, shape)`: an item that is an array. */
function subarrayType(
  node: ListNode,
  context: Context,
  before: number,
): { readonly size: number; readonly flags: number; readonly objects: boolean } | undefined {
  const [typeNode, shape, ...more] = node.items;
  const type = dtypeOf(typeNode, context, before);
  const count = shape?.kind === 'tuple' ? itemsOf(shape) : integerOf(shape);
  if (type === undefined || type.isArray || count === undefined || count < 0 || more.length > 0) return undefined;
  return { size: count * type.size, flags: type.flags, objects: type.objects };
}

/** The fields by name; a title is a second key of its field. */
function fieldsOf(names: ListNode, fields: DictNode, context: Context, before: number): DtypeField[] | undefined {
  const entries = new Map<string, Node>();
  for (const [index, key] of fields.keys.entries()) {
    const value = fields.values[index];
    // A key twice: numpy may have seen the first value.
    if (key.kind !== 'str' || value === undefined || entries.has(key.value)) return undefined;
    entries.set(key.value, value);
  }
  const parts: DtypeField[] = [];
  let titles = 0;
  for (const name of names.items) {
    const entry = name.kind === 'str' ? entries.get(name.value) : undefined;
    if (name.kind !== 'str' || entry?.kind !== 'tuple') return undefined;
    // Names are different: each is taken out.
    entries.delete(name.value);
    const [typeNode, offsetNode, title, ...more] = entry.items;
    const type = dtypeOf(typeNode, context, before);
    const offset = integerOf(offsetNode);
    if (type === undefined || offset === undefined || more.length > 0) return undefined;
    if (title !== undefined && title.kind !== 'none') {
      if (title.kind !== 'str' || entries.get(title.value) !== entry) return undefined;
      titles++;
    }
    parts.push({ name: name.value, offset, type });
  }
  return titles === entries.size ? parts : undefined;
}

/** Whether all fields lie within an item, and nothing lies over a reference to an object. */
function isLayout(fields: readonly DtypeField[], total: number): boolean {
  let end = 0;
  let objectsEnd = 0;
  for (const { offset, type } of [...fields].sort((a, b) => a.offset - b.offset)) {
    const { size, objects } = type;
    if (offset < 0 || offset + size > total || offset < objectsEnd || (objects && offset < end)) return false;
    end = Math.max(end, offset + size);
    if (objects) objectsEnd = end;
  }
  return true;
}

/** Items of an array of this shape. */
export function itemsOf(shape: ListNode): number | undefined {
  let count = 1;
  for (const item of shape.items) {
    const length = integerOf(item);
    if (length === undefined || length < 0) return undefined;
    count *= length;
  }
  return Number.isSafeInteger(count) ? count : undefined;
}

/** The type in a few characters. */
export function dtypeText({ code, little, fields, objects, unit }: Dtype, words: ViewTexts): string {
  const counted =
    unit === undefined || unit.name === 'generic' ? '' : `[${unit.step === 1 ? '' : unit.step}${unit.name}]`;
  const base = code.startsWith('O') ? 'object' : `${little ? '' : '>'}${code}${counted}`;
  if (fields === undefined) return base;
  return objects ? words.objectFields(base, fields) : words.fields(base, fields);
}
