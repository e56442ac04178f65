/**
 * The attributes of an instance, for writing.
 *
 * @module
 */
import type { ObjectEntry } from '../classes/compiled-registry.js';
import { keyPlace } from './place.js';
import { numberOf } from '../values/field-types.js';
import { PyFloat } from '../values/py-float.js';

/** Whether the attributes of an instance are the declared ones, in their order, and no others: nearly always. */
export function hasDeclaredOrder({ names }: ObjectEntry, value: object): boolean {
  const own = Object.keys(value);
  if (own.length !== names.length) return false;
  let index = 0;
  while (index < names.length && own[index] === names[index]) index++;
  return index === names.length;
}

/**
 * The attributes of an instance in the order in which Python has them: the declared ones, then any others. When all of
 * the declared and no others are there, in whatever order, it is the entry's own array.
 */
export function attributeNames({ names, declared }: ObjectEntry, value: object): readonly string[] {
  const own = Object.keys(value);
  const ordered = names.filter((name) => Object.hasOwn(value, name));
  return ordered.length === names.length && own.length === names.length
    ? names
    : [...ordered, ...own.filter((name) => !declared.has(name))];
}

/** A number of a field that is declared float, as a float. */
export function asDeclared(entry: ObjectEntry, name: string, value: unknown): unknown {
  const number = entry.floatNames.has(name) ? numberOf(value) : undefined;
  return number === undefined ? value : new PyFloat(number);
}

/** The part of the path to the property whose getter throws; nothing when none throws again. */
export function placeOfFailure(value: Record<string, unknown>, keys: readonly string[]): string {
  const failing = keys.find((key) => {
    try {
      Reflect.get(value, key);
      return false;
    } catch {
      return true;
    }
  });
  return failing === undefined ? '' : keyPlace(failing);
}
