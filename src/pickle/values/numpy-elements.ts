/**
 * The elements of numpy arrays as typed arrays.
 *
 * @module
 */
import type { NumpyDType } from './numpy-dtype.js';

/** A typed array that holds the elements of an `NDArray`. */
export type NumpyTypedArray =
  | Float64Array
  | Float32Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

/** What holds the elements of an `NDArray`: an array of any values for objects. */
export type NumpyData = NumpyTypedArray | readonly unknown[];

/** Whether this machine has its low byte first, as all that run JavaScript today have. */
const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Bytes of one number; a complex element is two. */
function wordSize(type: NumpyDType): number {
  if (type.kind === 'c') return type.itemSize / 2;
  return type.kind === 'S' || type.kind === 'U' ? 1 : type.itemSize;
}

/** Whether this machine has the bytes of a word the other way round. */
function isSwapped(type: NumpyDType): boolean {
  return wordSize(type) > 1 && type.bigEndian === LITTLE_ENDIAN;
}

/** The elements from their bytes, which are copied. @throws RangeError when a part of an element is left over. */
export function decodeElements(type: NumpyDType, bytes: Uint8Array): NumpyTypedArray {
  // A copy also makes the bytes start where a typed array may start.
  return viewElements(type, Uint8Array.from(bytes));
}

/**
 * The elements in the memory of their bytes, where this machine can read them there, else in a copy.
 *
 * @throws RangeError when a part of an element is left over.
 */
export function viewElements(type: NumpyDType, bytes: Uint8Array): NumpyTypedArray {
  if (type.kind === 'O') throw new RangeError('Objects have no bytes');
  const size = wordSize(type);
  if (bytes.length % size !== 0) throw new RangeError(`${bytes.length} bytes are no whole number of ${type.text}`);
  const swapped = isSwapped(type);
  const { buffer, byteOffset } = swapped || bytes.byteOffset % size !== 0 ? Uint8Array.from(bytes) : bytes;
  if (swapped) swap(new Uint8Array(buffer), size);
  const length = bytes.length / size;
  switch (type.kind + String(size)) {
    case 'f8':
    case 'c8':
      return new Float64Array(buffer, byteOffset, length);
    case 'f4':
    case 'c4':
      return new Float32Array(buffer, byteOffset, length);
    case 'f2':
      return Float32Array.from(new Uint16Array(buffer, byteOffset, length), halfToNumber);
    case 'i1':
      return new Int8Array(buffer, byteOffset, length);
    case 'i2':
      return new Int16Array(buffer, byteOffset, length);
    case 'i4':
      return new Int32Array(buffer, byteOffset, length);
    case 'i8':
    case 'M8':
    case 'm8':
      return new BigInt64Array(buffer, byteOffset, length);
    case 'u2':
      return new Uint16Array(buffer, byteOffset, length);
    case 'u4':
      return new Uint32Array(buffer, byteOffset, length);
    case 'u8':
      return new BigUint64Array(buffer, byteOffset, length);
    default:
      return new Uint8Array(buffer, byteOffset, length);
  }
}

/** The bytes of elements, in the byte order of the type: the memory of the elements, where it is in that order. */
export function elementBytes(type: NumpyDType, data: NumpyTypedArray): Uint8Array {
  const isHalf = type.kind === 'f' && type.itemSize === 2;
  const words = isHalf ? Uint16Array.from(data as Float32Array, numberToHalf) : data;
  const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  if (!isSwapped(type)) return bytes;
  const swapped = Uint8Array.from(bytes);
  swap(swapped, wordSize(type));
  return swapped;
}

function swap(bytes: Uint8Array, size: number): void {
  for (let start = 0; start < bytes.length; start += size) bytes.subarray(start, start + size).reverse();
}

function halfToNumber(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Rounds to the nearest half, to even when between two. */
function numberToHalf(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size >= 65520) return sign | 0x7c00;
  if (size < 2 ** -14) return sign | roundToEven(size * 2 ** 24);
  const exponent = Math.floor(Math.log2(size));
  const fraction = roundToEven((size / 2 ** exponent - 1) * 1024);
  return sign | (((exponent + 15) << 10) + fraction);
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest > 0.5 || (rest === 0.5 && floor % 2 === 1)) return floor + 1;
  return floor;
}
