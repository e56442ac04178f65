/**
 * How a buffer is written: beside the pickle or inside it. CPython's `save_picklebuffer` (Modules/_pickle.c).
 *
 * @module
 */
import { messageOf } from '../errors.js';
import { shown } from '../options.js';
import type { Encoder } from './encoder.js';
import { BYTEARRAY, BYTES } from './writer.js';
import type { PickleBuffer } from './values/pickle-buffer.js';

const NEXT_BUFFER = 0x97;
const READONLY_BUFFER = 0x98;

/** Writes a buffer that is not in the memo. @returns true: it is complete. */
export function saveBuffer(encoder: Encoder, value: PickleBuffer): true {
  const { writer } = encoder;
  if (writer.protocol < 5) {
    throw encoder.fail('PROTOCOL_TOO_LOW', 'A PickleBuffer can be pickled with protocol 5 only');
  }
  // Asked before the callback is: it may have the memory moved to another thread.
  const { length, readonly } = value;
  if (isTaken(encoder, value)) {
    // Not in the memo: a buffer that comes a second time is a second buffer.
    writer.op(NEXT_BUFFER);
    if (readonly) writer.op(READONLY_BUFFER);
    return true;
  }
  if (value.length !== length) {
    throw encoder.fail('CALLBACK_FAILED', 'bufferCallback left in the pickle a buffer whose memory is gone');
  }
  writer.sizedBytes(readonly ? BYTES : BYTEARRAY, value);
  encoder.memoize(value);
  return true;
}

/** Whether the user's callback takes a buffer out of band. */
function isTaken(encoder: Encoder, value: PickleBuffer): boolean {
  const { bufferCallback } = encoder.options;
  if (bufferCallback === undefined) return false;
  let answer: unknown;
  try {
    answer = bufferCallback(value);
  } catch (error) {
    throw encoder.fail('CALLBACK_FAILED', `bufferCallback threw: ${messageOf(error)}`, error);
  }
  if (answer === undefined || typeof answer === 'boolean') return answer !== true;
  throw encoder.fail(
    'CALLBACK_FAILED',
    `bufferCallback returned ${shown(answer)}: it takes the buffer with undefined or false, and leaves it in the pickle with true`,
  );
}
