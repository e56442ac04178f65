/**
 * A last look at what is about to be sent: it was checked when it was made, but nothing keeps a program from changing it.
 * What a peer sent goes on as it came.
 *
 * @module
 */
import { InvalidDataError } from '../errors.js';
import { DATA_CLASSES } from './classes.js';
import { describe } from './describe.js';
import { isAsReceived } from './received.js';

/**
 * Refuses what is not an instance of the class, or of one that extends it, with all its fields as they must be.
 *
 * @param what - The function that was given it, for the message.
 * @param hint - What to do about another value, if there is more to say.
 * @throws {@link InvalidDataError}
 */
export function verify<T extends object>(
  what: string,
  type: abstract new (...args: never[]) => T,
  given: T,
  hint = '',
): void {
  if (!(given instanceof type)) {
    throw new InvalidDataError(
      'WRONG_TYPE',
      type.name,
      '',
      `${what} takes ${article(type.name)}, got ${describe(given)}${hint}`,
    );
  }
  const dataClass = DATA_CLASSES.find((candidate) => candidate.type === type);
  if (dataClass === undefined) return;
  dataClass.verify(given);
  const derived = Object.assign(dataClass.create(), given);
  dataClass.derive(derived);
  for (const [name, value] of Object.entries(derived)) {
    const stands: unknown = Reflect.get(given, name);
    if (stands !== value && !isAsReceived(given, name, stands)) {
      throw new InvalidDataError(
        'OUT_OF_RANGE',
        type.name,
        name,
        `${type.name}.${name} is ${describe(stands)}, and its other fields make it ${describe(value)}: do not change one, ` +
          'make a changed copy with replace()',
      );
    }
  }
}

function article(name: string): string {
  return `${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name}`;
}
