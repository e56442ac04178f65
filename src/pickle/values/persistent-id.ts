/**
 * A reference to an object outside of the pickle.
 *
 * @module
 */

/** A persistent id that no `persistentLoad` resolved. `dumps` writes it back. */
export class PersistentId {
  readonly id: unknown;

  constructor(id: unknown) {
    this.id = id;
    Object.freeze(this);
  }
}
