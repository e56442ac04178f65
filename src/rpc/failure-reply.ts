/**
 * The answer that says what was thrown, for what answers in the place of a server.
 *
 * @module
 */
import { dumps } from '../pickle/index.js';
import { formatTraceback } from './traceback.js';

/** `[False, traceback]`, without stack frames: they tell file names of this machine. Never throws, whatever was thrown. */
export function failureReply(error: unknown): Uint8Array {
  return dumps([false, formatTraceback(error, true)]);
}
