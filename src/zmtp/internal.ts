/**
 * What the house shares of ZMTP beyond what is public: bytes alone, which load neither sockets nor ciphers.
 *
 * @module
 */
export { COMMAND, LONG, MORE } from './frames.js';
export { GREETING_BYTES } from './greeting.js';
export { encodeZ85 } from './z85.js';
