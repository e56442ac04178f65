/**
 * numpy's arrays, scalars and element types.
 *
 * @module
 */
import { Complex } from './complex.js';
import { pythonKey, unhashable } from './keys.js';
import { NumpyDType } from './numpy-dtype.js';
import { decodeElements, elementBytes } from './numpy-elements.js';
import type { NumpyData, NumpyTypedArray } from './numpy-elements.js';
import { withoutTrailing } from './trailing.js';

const NO_METADATA = Symbol('metadata None');

/**
 * Remembers that the element type of a value came with None for metadata, as numpy 2.1 and later write dates and durations.
 * Earlier ones write an empty dict there and cannot read None, so a value of this program has that.
 *
 * @internal
 */
export function markNoMetadata<T extends NumpyDType | NDArray | NumpyScalar>(value: T): T {
  return Object.defineProperty(value, NO_METADATA, { value: true });
}

/** Whether {@link markNoMetadata} was told of the value. @internal */
export function hasNoMetadata(value: NumpyDType | NDArray | NumpyScalar): boolean {
  return NO_METADATA in value;
}

/**
 * A numpy array.
 *
 * `data` has the elements in memory order as the nearest typed array:
 *
 * - BigInt64Array for `i8`, `u8`, `M8` and `m8`;
 * - Uint8Array for `b1`, and Float32Array for `f2`;
 * - real and imaginary parts in turn for complex numbers;
 * - the raw bytes for `S` and `U`;
 * - an array of values for `O`.
 *
 * Byte order is this machine's, whatever `dtype` says.
 */
export class NDArray {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: NumpyData;
  /** The elements are in Fortran's order: the first index changes fastest. */
  readonly fortran: boolean;
  /**
   * Python may change the elements (`flags.writeable` of numpy). It travels at protocol 5; at earlier ones every array comes
   * to Python as one that may be changed, as numpy's own do.
   */
  readonly writeable: boolean;

  /**
   * @throws RangeError when the data does not have as many elements as the shape says, or elements of another size. Also when
   *   the type is unknown, and beyond 64 dimensions, which is all that numpy 2 has (NPY_MAXDIMS, 32 in numpy 1).
   */
  constructor(dtype: string, shape: readonly number[], data: NumpyData, fortran = false, writeable = true) {
    const type = new NumpyDType(dtype);
    const count = shape.reduce((product, length) => product * length, 1);
    if (!shape.every((length) => Number.isSafeInteger(length) && length >= 0) || !Number.isSafeInteger(count))
      throw new RangeError(`The shape (${shape.join(', ')}) is no shape`);

    if (data.length !== count * unitsPerElement(type)) {
      throw new RangeError(
        `An array of ${dtype} and shape (${shape.join(', ')}) does not have ${data.length} units of data`,
      );
    }
    if (shape.length > 64) throw new RangeError(`An array has 64 dimensions at most, not ${shape.length}`);
    const unit = isTypedArray(data) ? data.BYTES_PER_ELEMENT : undefined;
    if (unit !== unitSize(type)) {
      const given = unit === undefined ? 'plain values' : `units of ${unit} bytes`;
      throw new RangeError(`An array of ${dtype} is not made of ${given}`);
    }
    this.dtype = dtype;
    this.shape = shape;
    this.data = data;
    this.fortran = fortran;
    this.writeable = writeable;
  }

  /** From the bytes of the elements. @throws RangeError when they do not fit the shape. */
  static fromBytes(dtype: string, shape: readonly number[], bytes: Uint8Array, fortran = false): NDArray {
    return new NDArray(dtype, shape, decodeElements(new NumpyDType(dtype), bytes), fortran);
  }

  /** A one-dimensional array of the elements of a typed array, which it keeps. */
  static of(data: NumpyTypedArray): NDArray {
    return new NDArray(dtypeOf(data), [data.length], data);
  }

  /** A copy of the elements' bytes, in the byte order of `dtype`; undefined for `O`. */
  toBytes(): Uint8Array<ArrayBuffer> | undefined {
    const bytes = this.memory();
    return bytes && Uint8Array.from(bytes);
  }

  /** The same, in the memory of `data` where that is in the byte order of `dtype`. @internal */
  memory(): Uint8Array | undefined {
    return isTypedArray(this.data) ? elementBytes(new NumpyDType(this.dtype), this.data) : undefined;
  }

  /** Arrays have no hash in Python. @internal */
  [unhashable](): string {
    return 'numpy.ndarray';
  }
}

/** A numpy scalar, where its type must not be lost: `np.float64(1)` is not `1.0`. `loads` gives it with `lossless`. */
export class NumpyScalar {
  readonly dtype: string;
  /** Bytes for `S`, text for `U`, the count of its unit for `M8` and `m8`. */
  readonly value: number | bigint | boolean | string | Complex | Uint8Array;
  /** The element's bytes, in the byte order of `dtype`. */
  readonly bytes: Uint8Array;

  /** @throws RangeError when the bytes are not of that type. */
  constructor(dtype: string, bytes: Uint8Array) {
    const type = new NumpyDType(dtype);
    if (type.itemSize !== bytes.length) throw new RangeError(`A ${dtype} does not have ${bytes.length} bytes`);
    this.dtype = dtype;
    this.bytes = bytes;
    this.value = scalarValue(type, bytes);
  }

  /** The value, for arithmetic and comparison. */
  valueOf(): unknown {
    return this.value;
  }

  /** The value; a bigint as text. */
  toJSON(): unknown {
    return typeof this.value === 'bigint' ? String(this.value) : this.value;
  }

  /** @internal */
  [pythonKey](): number | bigint | string {
    const { value } = this;
    if (typeof value === 'boolean') return Number(value);
    return typeof value === 'number' || typeof value === 'bigint' ? value : `numpy ${this.dtype} ${this.bytes.join()}`;
  }
}

function scalarValue(type: NumpyDType, bytes: Uint8Array): NumpyScalar['value'] {
  if (type.kind === 'S') return bytes;
  if (type.kind === 'U') return textOf(type, bytes);
  const data = decodeElements(type, bytes);
  const first: number | bigint = data[0] ?? 0;
  const second: number | bigint = data[1] ?? 0;
  if (type.kind === 'c') return new Complex(Number(first), Number(second));
  if (type.kind === 'b') return first !== 0;
  return first;
}

/** UCS-4, padded with NUL. */
function textOf(type: NumpyDType, bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = '';
  for (let offset = 0; offset < bytes.length; offset += 4) {
    const code = view.getUint32(offset, !type.bigEndian);
    if (code > 0x10ffff) throw new RangeError('has text beyond Unicode');
    text += String.fromCodePoint(code);
  }
  return withoutTrailing(text, '\0');
}

function isTypedArray(data: NumpyData): data is NumpyTypedArray {
  return ArrayBuffer.isView(data);
}

/** How many entries of `data` make one element. */
function unitsPerElement(type: NumpyDType): number {
  if (type.kind === 'c') return 2;
  return type.kind === 'S' || type.kind === 'U' ? type.itemSize : 1;
}

/** Bytes of an entry of `data`, undefined where it has any values: what `decodeElements` gives. */
function unitSize(type: NumpyDType): number | undefined {
  if (type.kind === 'O') return undefined;
  // Half floats are numbers of JavaScript's shortest kind.
  return type.text.endsWith('f2') ? 4 : type.itemSize / unitsPerElement(type) || 1;
}

function dtypeOf(data: NumpyTypedArray): string {
  if (data instanceof Float64Array) return '<f8';
  if (data instanceof Float32Array) return '<f4';
  if (data instanceof Int8Array) return '|i1';
  if (data instanceof Int16Array) return '<i2';
  if (data instanceof Int32Array) return '<i4';
  if (data instanceof Uint16Array) return '<u2';
  if (data instanceof Uint32Array) return '<u4';
  if (data instanceof BigInt64Array) return '<i8';
  return data instanceof BigUint64Array ? '<u8' : '|u1';
}

/** Whether a typed array has elements that numpy has: newer engines have kinds that are not known here. @internal */
export function isNumpyTypedArray(data: ArrayBufferView): data is NumpyTypedArray {
  return data instanceof Uint8Array || data instanceof Uint8ClampedArray || dtypeOf(data as NumpyTypedArray) !== '|u1';
}
