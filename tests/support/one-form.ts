/**
 * Descriptions without what differs between versions of Python's packages, or between numpy and JavaScript.
 *
 * @module
 */
import { fromBase64 } from './bytes.js';
import type { Description } from './pickle-fixtures.js';

type Node = readonly Description[];

/** With the names of modules that every version loads: numpy 1's for numpy 2's private ones, for example. */
export function oneForm(description: Description): Description {
  if (!Array.isArray(description)) return description;
  const node = (description as Node).map(oneForm);
  return node[0] === 'global' ? ['global', moduleOf(String(node[1])), node[2] ?? null] : node;
}

function moduleOf(module: string): string {
  return module.replace(/^numpy\._core\./, 'numpy.core.').replace(/^pathlib\._local$/, 'pathlib');
}

/** What a numpy scalar is without `lossless`: the number, unless its type gives it its meaning. */
export function withoutNumpyTypes(description: Description): Description {
  if (!Array.isArray(description)) return description;
  const [tag, dtype, data] = description as Node;
  if (tag !== 'npscalar') return (description as Node).map(withoutNumpyTypes);
  return numberOf(String(dtype), fromBase64(String(data))) ?? description;
}

/** The number in the bytes of a scalar, undefined for dates and durations. */
function numberOf(dtype: string, bytes: Uint8Array): Description | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = !dtype.startsWith('>');
  const float = (value: number): Description => {
    const hex = Buffer.alloc(8);
    hex.writeDoubleBE(value);
    return ['float', Number.isNaN(value) ? '7ff8000000000000' : hex.toString('hex')];
  };
  switch (dtype.slice(1)) {
    case 'b1':
      return view.getUint8(0) !== 0;
    case 'i1':
      return ['int', String(view.getInt8(0))];
    case 'u1':
      return ['int', String(view.getUint8(0))];
    case 'i2':
      return ['int', String(view.getInt16(0, little))];
    case 'u2':
      return ['int', String(view.getUint16(0, little))];
    case 'i4':
      return ['int', String(view.getInt32(0, little))];
    case 'u4':
      return ['int', String(view.getUint32(0, little))];
    case 'i8':
      return ['int', String(view.getBigInt64(0, little))];
    case 'u8':
      return ['int', String(view.getBigUint64(0, little))];
    case 'f2':
      // The one half-precision scalar of the fixtures.
      return view.getUint16(0, little) === 0x3c00 ? float(1) : undefined;
    case 'f4':
      return float(view.getFloat32(0, little));
    case 'f8':
      return float(view.getFloat64(0, little));
    case 'c16':
      return ['complex', ...[0, 8].map((at) => (float(view.getFloat64(at, little)) as Node)[1] ?? null)];
    default:
      return dtype.startsWith('<U') ? Buffer.from(bytes).toString('utf16le').replaceAll('\0', '') : undefined;
  }
}
