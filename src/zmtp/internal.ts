/**
 * What the house shares of ZMTP beyond what is public: bytes, and a Unix socket's file. Nothing of it loads ciphers.
 *
 * @module
 */
export { encodeCommand, encodeMetadata, readCommand, readError, readMetadata } from './commands.js';
export { ZmtpError } from './errors.js';
export { COMMAND, encodeFrame, frameHeader, FrameReader, LONG, MORE } from './frames.js';
export { encodeGreeting, foreignProgram, GREETING_BYTES, GreetingReader } from './greeting.js';
export { isSocketAlive } from './unix-socket.js';
export { decodeZ85, encodeZ85 } from './z85.js';
