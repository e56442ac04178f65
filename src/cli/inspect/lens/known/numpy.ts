/**
 * NumPy scalars, arrays and dtypes of numbers and texts; both `numpy.core` and `numpy._core`. Arrays of objects and
 * structured dtypes are left as calls.
 *
 * @module
 */
import type { Node } from '../../machine/nodes.js';
import { bytesOf, integerOf, isBare, ownNames } from '../known.js';
import type { Context, Known, Recogniser } from '../known.js';

const PLAIN_DTYPE = /^(?:[biufcmMSU]\d+|b1|\?)$/;

interface Dtype {
  readonly code: string;
  readonly little: boolean;
  readonly names: Known['names'];
}

/** `dtype('f8', False, True)` with the state `(3, '<', None, None, None, -1, -1, 0)`. */
function dtypeOf(node: Node | undefined, context: Context): Dtype | undefined {
  if (node?.kind !== 'call' || context.nameOf(node.callable) !== 'numpy.dtype' || node.args.kind !== 'tuple')
    return undefined;
  const [code, , ...rest] = node.args.items;
  const [step, ...more] = node.steps;
  if (code?.kind !== 'str' || !PLAIN_DTYPE.test(code.value) || rest.length > 1 || more.length > 0) return undefined;
  if (step?.kind !== 'state' || step.state.kind !== 'tuple') return undefined;
  const [, order, ...fields] = step.state.items;
  // Sub-arrays, field names and fields would follow: only their absence makes a plain type. Metadata of dates may.
  if (order?.kind !== 'str' || fields.slice(0, 3).some((field) => field.kind !== 'none')) return undefined;
  return { code: code.value, little: order.value !== '>', names: ownNames(node) };
}

const dtype: Recogniser = (call, _args, context) => {
  const type = dtypeOf(call, context);
  if (type === undefined || call.how !== 'REDUCE') return undefined;
  return {
    type: 'numpy.dtype',
    profile: 'numpy',
    text: `dtype('${type.little ? '' : '>'}${type.code}')`,
    names: type.names,
  };
};

function half(bits: number): number {
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

/** The number of a scalar's bytes; undefined for what is no number. */
function scalarValue(type: Dtype, data: Uint8Array): number | bigint | boolean | undefined {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (Number(type.code.slice(1)) !== data.length && type.code !== '?') return undefined;
  switch (type.code) {
    case 'b1':
    case '?':
      return view.getUint8(0) !== 0;
    case 'i1':
      return view.getInt8(0);
    case 'u1':
      return view.getUint8(0);
    case 'i2':
      return view.getInt16(0, type.little);
    case 'u2':
      return view.getUint16(0, type.little);
    case 'i4':
      return view.getInt32(0, type.little);
    case 'u4':
      return view.getUint32(0, type.little);
    case 'i8':
      return view.getBigInt64(0, type.little);
    case 'u8':
      return view.getBigUint64(0, type.little);
    case 'f2':
      return half(view.getUint16(0, type.little));
    case 'f4':
      return view.getFloat32(0, type.little);
    case 'f8':
      return view.getFloat64(0, type.little);
    default:
      return undefined;
  }
}

const scalar: Recogniser = (call, args, context) => {
  const type = dtypeOf(args[0], context);
  const data = bytesOf(args[1], context);
  if (call.how !== 'REDUCE' || !isBare(call) || args.length !== 2 || type === undefined || data === undefined)
    return undefined;
  const names = [...ownNames(call), ...type.names, ...nestedNames(args[1], context)];
  const name = scalarName(type.code);
  const value = scalarValue(type, data);
  if (value === undefined) return { type: name, profile: 'numpy', text: `${data.length} bytes`, names };
  return {
    type: name,
    profile: 'numpy',
    text: String(value),
    plain: typeof value === 'bigint' ? String(value) : value,
    names,
  };
};

const SCALARS: Readonly<Record<string, string>> = {
  b1: 'bool',
  '?': 'bool',
  i: 'int',
  u: 'uint',
  f: 'float',
  c: 'complex',
  M: 'datetime64',
  m: 'timedelta64',
  S: 'bytes_',
  U: 'str_',
};

function scalarName(code: string): string {
  const whole = SCALARS[code];
  if (whole !== undefined) return `numpy.${whole}`;
  const letter = SCALARS[code.slice(0, 1)] ?? code;
  return /^[iufc]/.test(code) ? `numpy.${letter}${Number(code.slice(1)) * 8}` : `numpy.${letter}`;
}

function nestedNames(node: Node | undefined, context: Context): Known['names'] {
  return node === undefined ? [] : (context.known(node)?.names ?? []);
}

/** Values of an array that are shown. */
const SHOWN = 6;

/** `_reconstruct(ndarray, (0,), b'b')` with the state `(1, shape, dtype, fortran, data)`. */
const reconstruct: Recogniser = (call, args, context) => {
  const [step, ...more] = call.steps;
  if (call.how !== 'REDUCE' || args.length !== 3 || more.length > 0 || step?.kind !== 'state') return undefined;
  const [base] = args;
  if (base === undefined || context.nameOf(base) !== 'numpy.ndarray' || step.state.kind !== 'tuple') return undefined;
  const [, shape, typeNode, , content] = step.state.items;
  return arrayOf(shape, typeNode, content, [...ownNames(call, base), ...nestedNames(args[2], context)], context);
};

/** `_frombuffer(data, dtype, shape, order)`, the form of protocol 5. */
const frombuffer: Recogniser = (call, args, context) => {
  if (call.how !== 'REDUCE' || !isBare(call) || args.length !== 4) return undefined;
  const [content, typeNode, shape] = args;
  return arrayOf(shape, typeNode, content, ownNames(call), context);
};

function arrayOf(
  shapeNode: Node | undefined,
  typeNode: Node | undefined,
  content: Node | undefined,
  names: Known['names'],
  context: Context,
): Known | undefined {
  const type = dtypeOf(typeNode, context);
  if (type === undefined || shapeNode?.kind !== 'tuple' || content === undefined) return undefined;
  const shape = shapeNode.items.map(integerOf);
  if (shape.includes(undefined)) return undefined;
  const data =
    content.kind === 'buffer' || content.kind === 'bytearray'
      ? content.kind === 'buffer'
        ? content.data
        : content.value
      : bytesOf(content, context);
  if (data === undefined && content.kind !== 'buffer') return undefined;
  const size = Number(type.code.slice(1));
  const shown: string[] = [];
  for (let at = 0; data !== undefined && at + size <= data.length && shown.length < SHOWN; at += size) {
    const value = scalarValue(type, data.subarray(at, at + size));
    if (value === undefined) break;
    shown.push(String(value));
  }
  const rest = data !== undefined && shown.length * size < data.length ? ', …' : '';
  const dimensions = shape.join('×');
  return {
    type: 'numpy.ndarray',
    profile: 'numpy',
    text: `array(${dimensions === '' ? '0-d' : dimensions} ${type.little ? '' : '>'}${type.code}) [${shown.join(', ')}${rest}]`,
    names: [...names, ...type.names, ...nestedNames(content, context)],
  };
}

function both(name: string, recogniser: Recogniser): [string, Recogniser][] {
  return [`numpy.core.${name}`, `numpy._core.${name}`].map((path) => [path, recogniser]);
}

/** Recognisers by name. */
export const NUMPY: Readonly<Record<string, Recogniser>> = {
  'numpy.dtype': dtype,
  ...Object.fromEntries([
    ...both('multiarray.scalar', scalar),
    ...both('multiarray._reconstruct', reconstruct),
    ...both('numeric._frombuffer', frombuffer),
  ]),
};
