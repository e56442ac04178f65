/**
 * A reference to an object outside of the pickle.
 *
 * @module
 */
import type { PyStep } from './py-step.js';

/** A persistent id that no `persistentLoad` resolved. `dumps` writes it back. */
export class PersistentId {
  declare readonly id: unknown;
  /** States and items that the pickle gives to the object, in their order: as those of a `PyObject`, and usually none. */
  readonly steps: readonly PyStep[];

  constructor(id: unknown, steps: readonly PyStep[] = NONE) {
    // A plain assignment takes a fifth of the time, and a pickle may have a persistent id for every two bytes.
    this.steps = steps;
    // Not frozen: a dict that is the id may become a PyDict while it is decoded.
    Object.defineProperty(this, 'id', { value: id, enumerable: true, configurable: true });
    Object.preventExtensions(this);
  }

  /** The steps of an object, to be added to. @internal */
  static growing(object: PersistentId): PyStep[] {
    if (object.steps === NONE) Object.defineProperty(object, 'steps', { value: [] });
    return object.steps as PyStep[];
  }
}

/** One for all: a pickle may have millions of persistent ids. */
const NONE: readonly never[] = Object.freeze([]);
