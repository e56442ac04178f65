/**
 * A look at what an engine gives, before a Python sees it.
 *
 * vnpy's event thread dies of data that is not of the class which goes with its event. It does so in silence and for good, as
 * `EventEngine._run` has no `try`. OmsEngine then says `AttributeError: 'dict' object has no attribute 'vt_symbol'`.
 *
 * @module
 */
import type { Logger } from '../rpc/index.js';
import { describe } from './data/describe.js';
import type { Event } from './event.js';
import { classify, kindOfType } from './kinds.js';
import type { DataKind } from './kinds.js';

/** Kinds of faults that are logged, one line each: a symbol may tick for a day. */
const MAX_LOGGED = 1000;

/** Refuses data of another class than vnpy has there. */
export class DataCheck {
  readonly #logger: Logger;
  readonly #logged = new Set<string>();
  /** Pieces of data refused so far. */
  refused = 0;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Whether an event has data of the class that goes with its type. An application's own types go with any. */
  admitsEvent({ type, data }: Event): boolean {
    const kind = kindOfType(type);
    if (kind === undefined || classify(data)?.kind === kind) return true;
    this.#refuse(`an event of type ${JSON.stringify(type)} was not published`, kind, data);
    return false;
  }

  /** Whether a piece of an answer is of a kind. */
  admitsAnswer(name: string, kind: DataKind, data: unknown): boolean {
    if (classify(data)?.kind === kind) return true;
    this.#refuse(`a part of the answer to ${name} was left out`, kind, data);
    return false;
  }

  #refuse(what: string, kind: DataKind, data: unknown): void {
    this.refused++;
    const found = describe(data);
    const key = `${what} ${found}`;
    if (this.#logged.has(key) || this.#logged.size >= MAX_LOGGED) return;
    this.#logged.add(key);
    const wanted = `new ${kind[0]?.toUpperCase() ?? ''}${kind.slice(1)}Data({ ... })`;
    this.#logger.error(
      `${what}: its data must be ${wanted}, not ${found}, of which a Python client's event thread dies; more of the kind are only counted`,
    );
  }
}
