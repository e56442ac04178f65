/**
 * How values show themselves to `console.log` of Node.js: in one line.
 *
 * @module
 */

/** Node's `util.inspect.custom`, which is in its registry so that nothing has to be imported. */
export const inspectCustom: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never;
