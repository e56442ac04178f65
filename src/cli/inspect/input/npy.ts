/**
 * NumPy's array files: a header, then numbers, or a pickle when the array holds objects
 * (numpy/lib/format.py describes the format).
 *
 * @module
 */

import { arrayText } from '../lens/known/array-text.js';

/** What an array file holds. */
export interface NpyFile {
  /** The header as numpy wrote it: `{'descr': '|O', ...}`. */
  readonly header: string;
  /** The pickle of an array of objects; undefined for an array of numbers. */
  readonly pickle: Uint8Array | undefined;
  /** Type, shape and first values of an array of numbers, where the header has a plain type. */
  readonly text: string | undefined;
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** Whether data starts as an array file does. */
export function isNpy(data: Uint8Array): boolean {
  return MAGIC.every((byte, index) => data[index] === byte);
}

/** Opens an array file; undefined when its header is cut off or has a version that nobody wrote yet. */
export function openNpy(data: Uint8Array): NpyFile | undefined {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const major = data[6];
  if (major === undefined || major < 1 || major > 3 || data.length < 12) return undefined;
  const wide = major >= 2;
  const start = wide ? 12 : 10;
  const length = wide ? view.getUint32(8, true) : view.getUint16(8, true);
  if (start + length > data.length) return undefined;
  const header = new TextDecoder(major === 3 ? 'utf-8' : 'latin1').decode(data.subarray(start, start + length)).trim();
  // An object anywhere in the type, also in a field of a structured one, makes numpy load a pickle.
  const objects = /['"][|<>=]?O\d*['"]/.test(header);
  const content = data.subarray(start + length);
  return { header, pickle: objects ? content : undefined, text: objects ? undefined : numbersText(header, content) };
}

/** `array(2×3 f8) [0, 1, …]` of a header whose type is a plain one. */
function numbersText(header: string, content: Uint8Array): string | undefined {
  const [, order = '', code = ''] = /'descr': '([<>|=])([?bifcuUSmM]\d*)(?:\[[^']*)?'/.exec(header) ?? [];
  const lengths = /'shape': \(([\d, ]*)\)/.exec(header)?.[1];
  if (code === '' || lengths === undefined) return undefined;
  const shape = lengths.split(',').flatMap((length) => (length.trim() === '' ? [] : [Number(length)]));
  const date = /\[(\d*)([a-zA-Zμ]+)\]/.exec(header);
  return arrayText(
    {
      code,
      little: order !== '>',
      unit: date === null ? undefined : { name: date[2] ?? '', step: Math.max(1, Number(date[1])) },
    },
    shape,
    content,
    header.includes("'fortran_order': True") ? 'F' : 'C',
  );
}
