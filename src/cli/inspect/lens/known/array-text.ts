/**
 * Arrays of NumPy in one line: shape, type, and the first values.
 *
 * @module
 */
import { views } from '../../../lang/en/views.js';
import type { ViewTexts } from '../../../lang/en/views.js';
import type { Values } from '../cells.js';
import { dtypeText } from './numpy-dtypes.js';
import type { DateUnit, Dtype } from './numpy-dtypes.js';
import { quoted, stridesOf, valuesOf } from './numpy-values.js';

/** Values of an array that are shown. */
const SHOWN = 6;
/** Characters after which no more of them is. */
const WIDTH_SHOWN = 80;
/** Characters of one of them. */
const TEXT_SHOWN = 60;

/** `array(2×3 f8)`. */
export function arrayHead(shape: readonly number[], type: Dtype, words: ViewTexts = views): string {
  return `array(${shape.length === 0 ? '0-d' : shape.join('×')} ${dtypeText(type, words)})`;
}

/** The first values, in brackets. */
export function valuesText(values: Values, count: number): string {
  const shown: string[] = [];
  let width = 0;
  while (shown.length < Math.min(SHOWN, count) && width < WIDTH_SHOWN) {
    const text = quoted(values.cell(shown.length, true));
    width += text.length;
    shown.push(text.length > TEXT_SHOWN ? `${text.slice(0, TEXT_SHOWN)}…` : text);
  }
  return `[${shown.join(', ')}${count > shown.length ? ', …' : ''}]`;
}

/** A type as the header of an array file has it. */
export interface PlainType {
  /** `f8`, `U6`, `?`. */
  readonly code: string;
  readonly little: boolean;
  readonly unit: DateUnit | undefined;
}

/** An array of a file; undefined when its bytes are not as many as its shape says. */
export function arrayText(
  { code, little, unit }: PlainType,
  shape: readonly number[],
  data: Uint8Array,
  order: 'C' | 'F',
): string | undefined {
  const size = Number(code.slice(1) || 1) * (code.startsWith('U') ? 4 : 1);
  const count = shape.reduce((product, length) => product * length, 1);
  if (!Number.isSafeInteger(count) || data.length !== count * size) return undefined;
  const base = { code, little, flags: 0, objects: false, size, fields: undefined, isArray: false, at: 0 };
  const type: Dtype = unit === undefined ? base : { ...base, unit };
  const values = valuesOf(type, shape, data, order === 'F' && shape.length > 1 ? stridesOf(shape, 'F') : undefined);
  return `${arrayHead(shape, type)} ${valuesText(values, count)}`;
}
