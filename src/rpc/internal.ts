/**
 * What the rest of the house uses of this room beside its public items.
 *
 * @module
 */
export { isLoopback, parseAddress } from './address.js';
export type { Address } from './address.js';
export { choice, optionChecks, withMethods } from './checks.js';
export { Emitter, checkListener } from './emitter.js';
export { EventStream } from './event-stream.js';
export { guardedLogger } from './logger.js';
export { failureReply } from './failure-reply.js';
export { encodeRequest } from './protocol.js';
export { CLIENT_OPTIONS, CONNECTION_ROWS, DEFAULT_WINDOW, MAX_DELAY, SERVER_OPTIONS } from './options.js';
export { Reporter } from './reporter.js';
export { SignalWatch } from './signal-watch.js';
export { AbandonedStreams } from './stream-handle.js';
export { packageVersion } from './version.js';
export { DEFAULT_TRANSPORT, TRANSPORT_NAMES, transportOf } from './transports.js';
