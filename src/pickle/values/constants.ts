/**
 * Python constants that JavaScript does not have.
 *
 * @module
 */

/** A Python singleton other than None, True and False. Compare with `===`. */
export class PyConstant {
  /** Its name in Python's `builtins` module. */
  readonly name: 'Ellipsis' | 'NotImplemented';

  /** @internal */
  constructor(name: 'Ellipsis' | 'NotImplemented') {
    this.name = name;
    Object.freeze(this);
  }

  /** Its name in Python. */
  toString(): string {
    return this.name;
  }
}

/** Python's `...`. */
export const Ellipsis: PyConstant = new PyConstant('Ellipsis');

/** Python's `NotImplemented`. */
export const NotImplemented: PyConstant = new PyConstant('NotImplemented');
