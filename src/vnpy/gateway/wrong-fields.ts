/**
 * Reports what a field holds that is not of its declared type, and could not be made so: the codec notes it.
 *
 * @module
 */
import { misfitsOf } from '../../pickle/internal.js';
import type { Reporter } from '../../rpc/internal.js';
import { dataClassOf } from '../data/classes.js';
import { describe } from '../data/describe.js';
import type { GatewayCounters } from './counters.js';
import type { GatewayProblem } from './types.js';

/** How many fields are told of. A server that has more of them is not to fill the memory. */
const LIMIT = 1000;

export class WrongFields {
  readonly #told = new Set<string>();
  readonly #counters: GatewayCounters;
  readonly #reporter: Reporter<GatewayProblem>;

  constructor(counters: GatewayCounters, reporter: Reporter<GatewayProblem>) {
    this.#counters = counters;
    this.#reporter = reporter;
  }

  /** Looks at a piece of data. Each field of a class is told of once. */
  look(data: object): void {
    const names = misfitsOf(data);
    if (names === undefined) return;
    for (const name of names) {
      this.#counters.wrongFields++;
      const className = dataClassOf(data)?.className ?? data.constructor.name;
      const field = `${className}.${name}`;
      if (this.#told.has(field) || this.#told.size >= LIMIT) continue;
      this.#told.add(field);
      const value: unknown = Reflect.get(data, name);
      const message =
        `${field} is ${describe(value)}, which is neither what vnpy declares nor can be made so: it is as it came. ` +
        'Look at it before you calculate with it, and at the gateway that sends it';
      this.#reporter.report({ kind: 'wrong-field', message, className, field: name, value, cause: undefined });
    }
  }
}
