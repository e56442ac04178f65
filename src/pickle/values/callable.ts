/**
 * What Python cannot call.
 *
 * @module
 */
import { Complex } from './complex.js';
import { PyConstant } from './constants.js';
import { pythonKey, unhashable } from './keys.js';
import { PyFloat } from './py-float.js';
import { PyGlobal } from './py-global.js';
import { PyTimeZone, PytzZone, PyZoneInfo } from './time-zones.js';

/** The names in `builtins` that are no class and no function. */
const NOT_CALLABLE: ReadonlySet<string> = new Set(['Ellipsis', 'NotImplemented', '__debug__', '__doc__', '__name__']);

/**
 * Whether no Python can call what is written of a value: a text, a number, a container, an object of the standard library.
 * Of other objects their class would have to be known.
 */
export function isNeverCallable(value: unknown): boolean {
  if (typeof value === 'function') return false;
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return true;
  if (value instanceof Map || value instanceof Set || value instanceof Date) return true;
  if (value instanceof PyGlobal) return value.module === 'builtins' && NOT_CALLABLE.has(value.qualname);
  if (value instanceof PyConstant || value instanceof PyFloat || value instanceof Complex) return true;
  if (value instanceof PyTimeZone || value instanceof PyZoneInfo || value instanceof PytzZone) return true;
  // Every other value class says whether it can be a key.
  if (pythonKey in value || unhashable in value) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
