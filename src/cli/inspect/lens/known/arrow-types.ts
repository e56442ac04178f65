/**
 * Types of Arrow, as pyarrow pickles them: how wide an item is, and what it stands for.
 *
 * @module
 */
import { textOf } from '../../machine/nodes.js';
import type { Node } from '../../machine/nodes.js';
import { spanCell, timeCell } from '../cells.js';
import type { Cell, Zone } from '../cells.js';
import { integerOf, isBare, ownNames } from '../known.js';
import type { Context, Known, Recogniser } from '../known.js';
import type { Dtype } from './numpy-dtypes.js';
import { cellOf } from './numpy-values.js';

/** How the values of a type lie in its buffers. */
export type ArrowType = { readonly name: string } & (
  | { readonly kind: 'null' | 'bool' }
  /** So many bytes each. */
  | { readonly kind: 'fixed'; readonly size: number; readonly read: (bytes: Uint8Array) => Cell }
  /** Offsets of 4 or 8 bytes into one run of bytes. */
  | { readonly kind: 'text' | 'binary'; readonly isLarge: boolean }
  | { readonly kind: 'dictionary'; readonly index: ArrowType; readonly value: ArrowType }
  | { readonly kind: 'list'; readonly isLarge: boolean; readonly item: ArrowField }
  | { readonly kind: 'struct'; readonly fields: readonly ArrowField[] }
);

/** A part of a list or a struct, or a column of a table. */
export interface ArrowField {
  readonly name: string;
  readonly type: ArrowType;
}

interface KnownArrowType extends Known {
  readonly arrow: ArrowType;
}

interface KnownArrowField extends Known {
  readonly field: ArrowField;
}

/** The type that a node stands for. */
export function arrowTypeOf(node: Node | undefined, context: Context): ArrowType | undefined {
  const known = node === undefined ? undefined : context.known(node);
  return known !== undefined && 'arrow' in known ? (known as KnownArrowType).arrow : undefined;
}

/** The field that a node stands for. */
export function arrowFieldOf(node: Node | undefined, context: Context): ArrowField | undefined {
  const known = node === undefined ? undefined : context.known(node);
  return known !== undefined && 'field' in known ? (known as KnownArrowField).field : undefined;
}

/** Characters of a name, which has the names of all that a type is made of: shared parts count each time. */
const MAX_NAME = 4000;

function typed(arrow: ArrowType, names: Known['names']): KnownArrowType | undefined {
  if (arrow.name.length > MAX_NAME) return undefined;
  return { type: 'pyarrow.DataType', profile: 'pandas', text: arrow.name, names, arrow };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A number as NumPy has it. */
function number(name: string, code: string): ArrowType {
  const size = Number(code.slice(1));
  const type: Dtype = { code, little: true, flags: 0, objects: false, size, fields: undefined, isArray: false, at: 0 };
  return { kind: 'fixed', name, size, read: (bytes) => cellOf(type, bytes) };
}

function fixed(name: string, size: 4 | 8, read: (value: bigint) => Cell): ArrowType {
  const value = (bytes: Uint8Array): bigint =>
    size === 4 ? BigInt(viewOf(bytes).getInt32(0, true)) : viewOf(bytes).getBigInt64(0, true);
  return { kind: 'fixed', name, size, read: (bytes) => read(value(bytes)) };
}

const DIGITS: Readonly<Record<string, number>> = { s: 0, ms: 3, us: 6, ns: 9 };
const MS_A_DAY = 86_400_000n;

/** `09:30:00.5`. */
function clockText(value: bigint, unit: string): string {
  const digits = DIGITS[unit] ?? 0;
  const second = 10n ** BigInt(digits);
  const seconds = value / second;
  const two = (part: bigint): string => String(part).padStart(2, '0');
  const fraction =
    digits === 0
      ? ''
      : String(value % second)
          .padStart(digits, '0')
          .replace(/0+$/, '');
  const clock = `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}`;
  return fraction === '' ? clock : `${clock}.${fraction}`;
}

/** `-123.45`: a whole number and how many of its digits stand behind the point. */
function decimalText(value: bigint, scale: number): string {
  const sign = value < 0n ? '-' : '';
  const digits = String(value < 0n ? -value : value);
  if (scale <= 0) return `${sign}${digits}${'0'.repeat(value === 0n ? 0 : -scale)}`;
  const padded = digits.padStart(scale + 1, '0');
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}

function littleSigned(bytes: Uint8Array): bigint {
  const view = viewOf(bytes);
  let value = 0n;
  for (let at = bytes.length - 8; at >= 0; at -= 8)
    value = (value << 64n) | (at === bytes.length - 8 ? view.getBigInt64(at, true) : view.getBigUint64(at, true));
  return value;
}

const NUMBERS: Readonly<Record<string, string>> = {
  ...{ int8: 'i1', int16: 'i2', int32: 'i4', int64: 'i8', uint8: 'u1', uint16: 'u2', uint32: 'u4', uint64: 'u8' },
  ...{ halffloat: 'f2', float: 'f4', double: 'f8' },
};

function aliased(name: string): ArrowType | undefined {
  const code = NUMBERS[name];
  if (code !== undefined) return number(name, code);
  const [, base = '', unit = ''] = /^(time32|time64|duration)\[(s|ms|us|ns)\]$/.exec(name) ?? [];
  if (base === 'duration') return fixed(name, 8, (value) => spanCell(value, unit));
  // Of 4 bytes are seconds and milliseconds alone, of 8 the others.
  if (base === 'time32' && /^m?s$/.test(unit)) return fixed(name, 4, (value) => ({ written: clockText(value, unit) }));
  if (base === 'time64' && /^[un]s$/.test(unit))
    return fixed(name, 8, (value) => ({ written: clockText(value, unit) }));
  switch (name) {
    case 'null':
    case 'bool':
      return { kind: name, name };
    case 'string':
    case 'large_string':
      return { kind: 'text', name, isLarge: name !== 'string' };
    case 'binary':
    case 'large_binary':
      return { kind: 'binary', name, isLarge: name !== 'binary' };
    case 'date32[day]':
      return fixed(name, 4, (value) => timeCell(value, 'D'));
    case 'date64[ms]':
      return fixed(name, 8, (value) => timeCell(value / MS_A_DAY - (value % MS_A_DAY < 0n ? 1n : 0n), 'D'));
    default:
      return undefined;
  }
}

/** `type_for_alias('int64')`. */
const alias: Recogniser = (call, args) => {
  const name = textOf(args[0]);
  if (call.how !== 'REDUCE' || !isBare(call) || args.length !== 1 || name === undefined) return undefined;
  const type = aliased(name);
  return type && typed(type, ownNames(call));
};

function zoneOf(name: string): Zone {
  if (name === 'UTC') return { key: 'UTC', offset: '+00:00' };
  return /^[+-]\d\d:\d\d$/.test(name) ? { key: undefined, offset: name } : { key: name, offset: undefined };
}

/** `timestamp('us', 'Asia/Shanghai')`. */
const timestamp: Recogniser = (call, args) => {
  const unit = textOf(args[0]);
  const [, zoneNode] = args;
  const zone = textOf(zoneNode);
  if (call.how !== 'REDUCE' || !isBare(call) || args.length !== 2 || unit === undefined) return undefined;
  if (!Object.hasOwn(DIGITS, unit) || (zone === undefined && zoneNode?.kind !== 'none')) return undefined;
  const seen = zone === undefined ? undefined : zoneOf(zone);
  const name = `timestamp[${unit}${zone === undefined ? '' : `, tz=${zone}`}]`;
  return typed(
    fixed(name, 8, (value) => timeCell(value, unit, 1, seen)),
    ownNames(call),
  );
};

/** `decimal128(10, 2)`. */
function decimal(size: 16 | 32): Recogniser {
  const most = size === 16 ? 38 : 76;
  return (call, args) => {
    const [precision, scale] = args.map(integerOf);
    if (call.how !== 'REDUCE' || !isBare(call) || args.length !== 2 || precision === undefined || scale === undefined)
      return undefined;
    if (precision < 1 || precision > most || scale < -most || scale > most) return undefined;
    const read = (bytes: Uint8Array): Cell => ({ written: decimalText(littleSigned(bytes), scale) });
    const name = `decimal${size * 8}(${precision}, ${scale})`;
    return typed({ kind: 'fixed', name, size, read }, ownNames(call));
  };
}

/** `dictionary(int32, string, False)`. */
const dictionary: Recogniser = (call, args, context) => {
  const [index, value] = args.map((arg) => arrowTypeOf(arg, context));
  const ordered = args[2];
  if (call.how !== 'REDUCE' || !isBare(call) || args.length !== 3 || ordered?.kind !== 'bool') return undefined;
  if (index === undefined || value === undefined || !/^u?int(?:8|16|32|64)$/.test(index.name)) return undefined;
  const name = `dictionary<values=${value.name}, indices=${index.name}, ordered=${Number(ordered.value)}>`;
  return typed({ kind: 'dictionary', name, index, value }, ownNames(call));
};

/** `field('item', int64, True, None)`. */
const field: Recogniser = (call, args, context): KnownArrowField | undefined => {
  const [nameNode, typeNode, nullable, metadata] = args;
  const name = textOf(nameNode);
  const type = arrowTypeOf(typeNode, context);
  if (call.how !== 'REDUCE' || !isBare(call) || args.length !== 4 || name === undefined || type === undefined)
    return undefined;
  if (nullable?.kind !== 'bool' || metadata?.kind !== 'none') return undefined;
  const text = `${name}: ${type.name}`;
  return { type: 'pyarrow.Field', profile: 'pandas', text, names: ownNames(call), field: { name, type } };
};

function list(isLarge: boolean): Recogniser {
  return (call, args, context) => {
    const item = arrowFieldOf(args[0], context);
    if (call.how !== 'REDUCE' || !isBare(call) || args.length !== 1 || item === undefined) return undefined;
    const name = `${isLarge ? 'large_list' : 'list'}<${item.name}: ${item.type.name}>`;
    return typed({ kind: 'list', name, isLarge, item }, ownNames(call));
  };
}

/** `struct([field, ...])`. */
const struct: Recogniser = (call, args, context) => {
  const fields = fieldsOf(args[0], call.at, context);
  if (call.how !== 'REDUCE' || !isBare(call) || args.length !== 1 || fields === undefined) return undefined;
  const name = `struct<${fields.map((part) => `${part.name}: ${part.type.name}`).join(', ')}>`;
  return typed({ kind: 'struct', name, fields }, ownNames(call));
};

/** The fields of a list that was whole when a call took it. */
export function fieldsOf(node: Node | undefined, before: number, context: Context): readonly ArrowField[] | undefined {
  if (node?.kind !== 'list' || node.end > before) return undefined;
  const fields: ArrowField[] = [];
  let length = 0;
  for (const item of node.items) {
    const one = arrowFieldOf(item, context);
    if (one === undefined) return undefined;
    length += one.name.length + one.type.name.length;
    // Each is as long as it may be, and shared as often as anybody likes.
    if (length > MAX_NAME) return undefined;
    fields.push(one);
  }
  return fields;
}

/** Recognisers by name. */
export const ARROW_TYPES: Readonly<Record<string, Recogniser>> = {
  'pyarrow.lib.type_for_alias': alias,
  'pyarrow.lib.timestamp': timestamp,
  'pyarrow.lib.decimal128': decimal(16),
  'pyarrow.lib.decimal256': decimal(32),
  'pyarrow.lib.dictionary': dictionary,
  'pyarrow.lib.field': field,
  'pyarrow.lib.list_': list(false),
  'pyarrow.lib.large_list': list(true),
  'pyarrow.lib.struct': struct,
};
