/**
 * How bytes are written: `save_bytes`, `save_bytearray` and `save_picklebuffer` of CPython's Modules/_pickle.c.
 *
 * @module
 */
import { messageOf } from '../../errors.js';
import { shown } from '../../options.js';
import type { Encoding } from './encoding.js';
import { reductionSteps } from './reductions.js';
import { ScriptTask } from './tasks.js';
import { decodeLatin1 } from '../wire/text.js';
import { ByteArray } from '../values/byte-array.js';
import { PickleBuffer } from '../values/pickle-buffer.js';
import { PyGlobal } from '../values/py-global.js';
import { BYTEARRAY, BYTES } from './writer.js';

const NEXT_BUFFER = 0x97;
const READONLY_BUFFER = 0x98;

const BYTES_CLASS = PyGlobal.from('codec', 'builtins', 'bytes');
const BYTEARRAY_CLASS = PyGlobal.from('codec', 'builtins', 'bytearray');
const CODECS_ENCODE = PyGlobal.from('codec', '_codecs', 'encode');

/**
 * Writes bytes that are not in the memo.
 *
 * @param identity - what the memo knows them by.
 * @returns whether they are complete.
 */
export function saveBytes(encoder: Encoding, value: Uint8Array, identity: object = value): boolean {
  // Plain bytes first: to ask for two classes costs more than to write a few of them.
  if (Object.getPrototypeOf(value) !== Uint8Array.prototype) {
    if (value instanceof ByteArray) return saveByteArray(encoder, value);
    if (value instanceof PickleBuffer) return saveBuffer(encoder, value);
  }
  const { writer } = encoder;
  if (writer.protocol >= 3) {
    writer.sizedBytes(BYTES, value);
    encoder.memoize(identity);
    return true;
  }
  return value.length === 0
    ? saveCall(encoder, identity, BYTES_CLASS, [])
    : saveCall(encoder, identity, CODECS_ENCODE, [decodeLatin1(value), 'latin1']);
}

function saveByteArray(encoder: Encoding, value: ByteArray): boolean {
  const { writer } = encoder;
  if (writer.protocol >= 5) {
    writer.sizedBytes(BYTEARRAY, value);
    encoder.memoize(value);
    return true;
  }
  const content = new Uint8Array(value.buffer, value.byteOffset, value.length);
  return saveCall(encoder, value, BYTEARRAY_CLASS, value.length === 0 ? [] : [content]);
}

function saveCall(encoder: Encoding, identity: object, callable: PyGlobal, args: readonly unknown[]): boolean {
  return encoder.start(new ScriptTask(reductionSteps(encoder.protocol, identity, { args }, callable)));
}

/** A buffer: beside the pickle, or inside it. */
function saveBuffer(encoder: Encoding, value: PickleBuffer): true {
  const { writer } = encoder;
  if (writer.protocol < 5) throw encoder.fail('PROTOCOL_TOO_LOW', 'A PickleBuffer can be pickled with protocol 5 only');

  // Asked before the callback is: it may have the memory moved to another thread.
  const { length, readonly } = value;
  if (isTaken(encoder, value)) {
    // Not in the memo: a buffer that comes a second time is a second buffer.
    writer.op(NEXT_BUFFER);
    if (readonly) writer.op(READONLY_BUFFER);
    return true;
  }
  if (value.length !== length)
    throw encoder.fail('CALLBACK_FAILED', 'bufferCallback left in the pickle a buffer whose memory is gone');

  writer.sizedBytes(readonly ? BYTES : BYTEARRAY, value);
  encoder.memoize(value);
  return true;
}

/** Whether the user's callback takes a buffer out of band. */
function isTaken(encoder: Encoding, value: PickleBuffer): boolean {
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
