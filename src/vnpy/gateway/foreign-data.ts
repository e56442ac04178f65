/**
 * Reports data of foreign classes under vnpy's own event types. A gateway's own subclass of OrderData is one, which the codec
 * leaves inert unless it is registered.
 *
 * @module
 */
import { PyGlobal, PyObject } from '../../pickle/index.js';
import { describe } from '../data/describe.js';
import { kindOfType } from '../kinds.js';
import type { Event } from '../event.js';
import type { GatewayProblem } from './types.js';

/** How many classes are told of. A server that has more of them is not to fill the memory. */
const LIMIT = 1000;

export class ForeignData {
  readonly #told = new Set<string>();

  /** @returns What to tell, when it is of vnpy's own type and of a class that was not told of yet. */
  look({ type, data }: Event): GatewayProblem | undefined {
    const kind = kindOfType(type);
    if (kind === undefined) return undefined;
    const className = nameOf(data);
    if (this.#told.has(className) || this.#told.size >= LIMIT) return undefined;
    this.#told.add(className);
    const message =
      `An event of type ${JSON.stringify(type)} has data that is not of vnpy's class for it, but ${className}: it is not in ` +
      `the state, and nobody who waits for its ${kind} is told. Register the class with vnpyRegistry.with(...)`;
    return { kind: 'foreign-data', message, type, className, cause: undefined };
  }
}

function nameOf(data: unknown): string {
  if (data instanceof PyObject && data.class instanceof PyGlobal) return `${data.class.module}.${data.class.qualname}`;
  return typeof data === 'object' ? describe(data) : typeof data;
}
