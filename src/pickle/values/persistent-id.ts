/**
 * A reference to an object outside of the pickle.
 *
 * @module
 */

/** A persistent id that no `persistentLoad` resolved. `dumps` writes it back. */
export class PersistentId {
  declare readonly id: unknown;

  constructor(id: unknown) {
    // Not frozen: a dict that is the id may become a PyDict while it is decoded.
    Object.defineProperty(this, 'id', { value: id, enumerable: true, configurable: true });
    Object.preventExtensions(this);
  }
}
