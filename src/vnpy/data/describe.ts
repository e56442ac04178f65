/**
 * Words for error messages, and the look into values that the codec left inert.
 *
 * @module
 */
import { PyGlobal, PyObject } from '../../pickle/index.js';
import { isEnumMember } from '../enums/enum.js';

const CONSTANT_MODULE = 'vnpy.trader.constant';

/** A short description of a value for an error message. Never the whole of a large one. */
export function describe(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'undefined';
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (isEnumMember(value)) return value.toString();
  if (typeof value !== 'object') return `a ${typeof value}`;
  if (Array.isArray(value)) return 'an array';
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return 'an object';
  return `a ${value.constructor.name}`;
}

/** Whether `value` is a member of vnpy's enum `enumName` that this package does not know: inert data from a peer. */
export function isUnknownMember(value: unknown, enumName: string): value is PyObject {
  if (!(value instanceof PyObject) || !(value.class instanceof PyGlobal)) return false;
  return value.class.module === CONSTANT_MODULE && value.class.qualname === enumName;
}

/** The Python value of an enum member, also of one that this package does not know. */
export function enumValue(value: unknown): string {
  if (isEnumMember(value)) return value.value;
  const inert = value instanceof PyObject ? value.args[0] : value;
  return typeof inert === 'string' ? inert : describe(inert);
}

/** `symbol.EXCHANGE`, as vnpy's `__post_init__` puts it together. */
export function vtSymbol(data: { readonly symbol: string; readonly exchange: unknown }): string {
  return `${data.symbol}.${enumValue(data.exchange)}`;
}
