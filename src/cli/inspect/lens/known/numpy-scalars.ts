/**
 * NumPy's scalars: their values, from bytes, and their names.
 *
 * @module
 */
import type { Dtype } from './numpy-dtypes.js';

function half(bits: number): number {
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

/** The number of a scalar's bytes; undefined for what is no number. */
export function scalarValue(type: Dtype, data: Uint8Array): number | bigint | boolean | undefined {
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
  V: 'void',
};

/** `numpy.float64`. */
export function scalarName(code: string): string {
  const whole = SCALARS[code];
  if (whole !== undefined) return `numpy.${whole}`;
  const letter = SCALARS[code.slice(0, 1)] ?? code;
  return /^[iufc]/.test(code) ? `numpy.${letter}${Number(code.slice(1)) * 8}` : `numpy.${letter}`;
}
