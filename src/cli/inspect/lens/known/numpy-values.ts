/**
 * Values in the memory of NumPy arrays, read where they stand. Nothing is copied: an array may be as large as its file.
 *
 * @module
 */
import { shortFloat16, shortFloat32, spanCell, timeCell } from '../cells.js';
import type { Cell, Column, Missing, Table, Values } from '../cells.js';
import type { Dtype, DtypeField } from './numpy-dtypes.js';
import { scalarName, scalarValue } from './numpy-scalars.js';
import { floatText } from '../numbers.js';

const NAN: Missing = { missing: 'NaN' };

/** `float64`, `datetime64[us]`, `<U6`, `[('a', 'int32')]`. */
export function dtypeName(type: Dtype, levels = LEVELS_SHOWN): string {
  const { code, unit, layout, little } = type;
  if (layout !== undefined) {
    if (levels === 0) return '…';
    const shown = layout
      .slice(0, FIELDS_SHOWN)
      .map((field) => `('${field.name}', '${dtypeName(field.type, levels - 1)}')`);
    return `[${shown.join(', ')}${layout.length > FIELDS_SHOWN ? ', …' : ''}]`;
  }
  if (code.startsWith('O')) return 'object';
  if (unit !== undefined) {
    const step = unit.step === 1 ? '' : String(unit.step);
    const base = code.startsWith('M') ? 'datetime64' : 'timedelta64';
    return unit.name === 'generic' ? base : `${base}[${step}${unit.name}]`;
  }
  if (/^[SUV]/.test(code)) return code.startsWith('U') ? `${little ? '<' : '>'}${code}` : `|${code}`;
  return (little ? '' : '>') + scalarName(code).replace('numpy.', '');
}

const FIELDS_SHOWN = 8;
/** Types in types that are shown: types share their parts, and what is shared a hundred times is shown as often. */
const LEVELS_SHOWN = 3;

function utf32(data: Uint8Array, little: boolean): string {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let end = data.length - (data.length % 4);
  while (end > 0 && view.getUint32(end - 4, little) === 0) end -= 4;
  let text = '';
  for (let at = 0; at < end; at += 4) {
    const code = view.getUint32(at, little);
    text += code > 0x10_ff_ff ? '\ufffd' : String.fromCodePoint(code);
  }
  return text;
}

/** Bytes as text, in which nothing is lost: what is no ASCII is escaped where it is shown. */
function latin1Text(data: Uint8Array): string {
  let end = data.length;
  while (end > 0 && data[end - 1] === 0) end--;
  return Buffer.from(data.buffer, data.byteOffset, end).toString('latin1');
}

function complexCell(type: Dtype, data: Uint8Array): Cell {
  const half = { ...type, code: `f${data.length / 2}` };
  const real = scalarValue(half, data.subarray(0, data.length / 2));
  const imaginary = scalarValue(half, data.subarray(data.length / 2));
  if (typeof real !== 'number' || typeof imaginary !== 'number') return { written: `${data.length} bytes` };
  const part = String(imaginary);
  return { written: `${real}${part.startsWith('-') ? '' : '+'}${part}j` };
}

/** One item of an array without objects. `data` is exactly its bytes. */
export function cellOf(type: Dtype, data: Uint8Array, levels = LEVELS_SHOWN): Cell {
  const { code, layout, little, unit } = type;
  if (layout !== undefined) {
    if (levels === 0) return { written: '…' };
    const fieldAt = ({ offset, type: field }: DtypeField, isShort: boolean): Cell => {
      const isLong = isShort && /^[SUV]/.test(field.code) && field.layout === undefined && field.size > SHORT;
      return cellOf(field, data.subarray(offset, offset + (isLong ? SHORT : field.size)), levels - 1);
    };
    const parts = layout.slice(0, FIELDS_SHOWN).map((field) => quoted(fieldAt(field, true)));
    const written = `(${parts.join(', ')}${layout.length > FIELDS_SHOWN ? ', …' : ''})`;
    return { written, fields: () => layout.map((field) => fieldAt(field, false)) };
  }
  switch (code.slice(0, 1)) {
    case 'M':
    case 'm': {
      const value = new DataView(data.buffer, data.byteOffset, data.byteLength).getBigInt64(0, little);
      const { name, step } = unit ?? { name: 'generic', step: 1 };
      return code.startsWith('M') ? timeCell(value, name, step) : spanCell(value, name, step);
    }
    case 'c':
      return complexCell(type, data);
    case 'U':
      return utf32(data, little);
    case 'S':
      return latin1Text(data);
    default: {
      const value = scalarValue(type, data);
      if (value === undefined) return { written: `${data.length} bytes` };
      if (typeof value !== 'number') return value;
      if (Number.isNaN(value)) return NAN;
      if (code === 'f2') return shortFloat16(value);
      return code === 'f4' ? shortFloat32(value) : value;
    }
  }
}

/** A cell in a row of others: texts have their quotes. */
export function quoted(cell: Cell): string {
  return typeof cell === 'string' ? `'${cell}'` : plainText(cell);
}

/** A cell without an object as text: what is neither quoted nor escaped. */
export function plainText(cell: Cell): string {
  if (typeof cell === 'boolean') return cell ? 'True' : 'False';
  if (typeof cell !== 'object') return typeof cell === 'number' ? numberText(cell) : String(cell);
  if ('written' in cell) return cell.written;
  return 'missing' in cell ? cell.missing : '…';
}

function numberText(value: number): string {
  return Number.isFinite(value) ? String(value) : floatText(value);
}

/** Items from one index to the next of each axis, for an array without gaps. */
export function stridesOf(shape: readonly number[], order: 'C' | 'F'): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  let step = 1;
  for (let turn = 0; turn < shape.length; turn++) {
    const axis = order === 'F' ? turn : shape.length - 1 - turn;
    strides[axis] = step;
    step *= shape[axis] ?? 1;
  }
  return strides;
}

/** Where an item lies that C counts as this one. */
export function placeOf(at: number, shape: readonly number[], strides: readonly number[]): number {
  let rest = at;
  let place = 0;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = shape[axis] ?? 1;
    const index = rest % length;
    rest = (rest - index) / length;
    place += index * (strides[axis] ?? 1);
  }
  return place;
}

/** Bytes of a text of which a person sees the beginning. */
const SHORT = 2048;

/** A structured array in one dimension as a table: a column for each field. */
function recordsOf(
  { layout }: Dtype,
  shape: readonly number[],
  recordAt: (at: number) => Uint8Array,
): Table | undefined {
  const [rows, ...more] = shape;
  if (layout === undefined || layout.length === 0 || rows === undefined || more.length > 0) return undefined;
  const column = (at: number): Column => {
    const field = layout[at];
    if (field === undefined) return { name: [], dtype: '', cell: () => '' };
    const { name, offset, type } = field;
    const cell = (row: number): Cell => cellOf(type, recordAt(row).subarray(offset, offset + type.size));
    return { name: [name], dtype: dtypeName(type), cell };
  };
  return { rows, columnCount: layout.length, column, index: [], hasTypes: true, indexText: () => '' };
}

/**
 * Values over bytes. The caller has checked that `data` has as many bytes as shape and type say.
 * @param strides - Items from one index to the next, when the array does not lie in C's order.
 */
export function valuesOf(type: Dtype, shape: readonly number[], data: Uint8Array, strides?: readonly number[]): Values {
  const { size } = type;
  const isText = /^[SUV]/.test(type.code) && type.layout === undefined;
  const bytesAt = (at: number, length = size): Uint8Array => {
    const start = (strides === undefined ? at : placeOf(at, shape, strides)) * size;
    return data.subarray(start, start + length);
  };
  const values: Values = {
    dtype: dtypeName(type),
    shape,
    cell: (at, short = false) => cellOf(type, bytesAt(at, short && isText ? Math.min(size, SHORT) : size)),
  };
  const records = recordsOf(type, shape, bytesAt);
  if (records !== undefined) return { ...values, records };
  if (type.unit === undefined) return values;
  return { ...values, ticks: (at) => new DataView(Uint8Array.from(bytesAt(at)).buffer).getBigInt64(0, type.little) };
}
