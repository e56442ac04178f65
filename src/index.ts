/**
 * vnpy-bridge: talk to an unmodified Python vnpy from Node.js.
 *
 * @module
 */
export { BridgeError } from './errors.js';
