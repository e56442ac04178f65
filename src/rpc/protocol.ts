/**
 * What travels: requests `[name, args, kwargs]`, replies `[ok, value]`, and events in the two formats of vnpy's versions.
 *
 * @module
 */
import { isUtf8 } from 'node:buffer';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { messageOf } from '../errors.js';
import type { Pickler, Unpickler } from '../pickle/index.js';
import { Tuple } from '../pickle/index.js';
import { RemoteException, RpcReplyError, RpcUsageError } from './errors.js';
import type { Frames } from './transport.js';

/** Topic of the heartbeats of vnpy 3.0 and later: data is `time.time()` (vnpy/rpc/common.py). */
export const HEARTBEAT_TOPIC = 'heartbeat';

/** Topic of the heartbeats of vnpy 2.0.6 to 2.9: data is a naive UTC datetime. */
export const KEEP_ALIVE_TOPIC = '_keep_alive';

/** A call of this name is a probe: no server has such a function, and every living one answers with a KeyError. */
export const PROBE_NAME = 'vnpy_bridge_are_you_there';

/** A request, as it came. */
export interface Request {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly kwargs: Readonly<Record<string, unknown>>;
}

/**
 * Pickles a request. The shape is checked here, because another one would end the only thread of a Python server
 * (vnpy/rpc/server.py unpacks it outside its `try`).
 * @throws RpcUsageError for a wrong shape, PicklingError for what cannot be pickled.
 */
export function encodeRequest(pickler: Pickler, name: string, args: readonly unknown[], kwargs: object): Uint8Array {
  if (typeof name !== 'string')
    throw new RpcUsageError('BAD_ARGUMENT', `the name of a remote function must be a string, not ${typeof name}`);

  if (!Array.isArray(args))
    throw new RpcUsageError('BAD_ARGUMENT', `${name}: args must be an array of the positional arguments`);

  if (!isPlainObject(kwargs))
    throw new RpcUsageError('BAD_ARGUMENT', `${name}: kwargs must be a plain object of the keyword arguments`);

  return pickler.dump([name, Tuple.from(args), kwargs]);
}

/** A reply of more bytes is decoded in slices: this much takes some 10 ms. */
const LARGE_REPLY = 2 ** 17;

/** How long one slice of a large reply may take, in ms. */
const SLICE = 8;

/** Opcodes between two looks at the clock. */
const OPCODES_PER_STEP = 4000;

/**
 * Gives the result that a reply carries; of a large reply a promise, because a list of all contracts must not hold up
 * everything else.
 * @throws RemoteException if the reply is an exception, RpcReplyError if it is none of vnpy's replies.
 */
export function decodeReply(unpickler: Unpickler, method: string, body: Uint8Array): unknown {
  if (body.length > LARGE_REPLY) return decodeLargeReply(unpickler, method, body);

  let reply: unknown;
  try {
    reply = unpickler.load(body);
  } catch (cause) {
    throw badReply(method, body, `cannot be decoded: ${messageOf(cause)}`, cause);
  }
  return resultOf(method, body, reply);
}

async function decodeLargeReply(unpickler: Unpickler, method: string, body: Uint8Array): Promise<unknown> {
  const steps = unpickler.loadSteps(body, OPCODES_PER_STEP);
  let sliceEnd = performance.now() + SLICE;
  while (true) {
    let step: IteratorResult<undefined, unknown>;
    try {
      step = steps.next();
    } catch (cause) {
      throw badReply(method, body, `cannot be decoded: ${messageOf(cause)}`, cause);
    }
    if (step.done === true) return resultOf(method, body, step.value);

    if (performance.now() > sliceEnd) {
      await nextTurn();
      sliceEnd = performance.now() + SLICE;
    }
  }
}

function resultOf(method: string, body: Uint8Array, reply: unknown): unknown {
  if (!Array.isArray(reply) || reply.length !== 2 || typeof reply[0] !== 'boolean') {
    throw badReply(
      method,
      body,
      'is not [True, result] or [False, traceback]: is the address that of a vnpy RpcServer?',
    );
  }
  const [succeeded, value] = reply as [boolean, unknown];
  if (succeeded) return value;

  throw new RemoteException(method, typeof value === 'string' ? value : String(value));
}

/**
 * Reads a request.
 * @throws UnpicklingError, or RpcUsageError with a sentence for the client.
 */
export function decodeRequest(unpickler: Unpickler, body: Uint8Array): Request {
  const request = unpickler.load(body);
  if (!Array.isArray(request) || request.length !== 3)
    throw new RpcUsageError('BAD_ARGUMENT', 'a request must be [name, args, kwargs]');

  const [name, args, kwargs] = request as [unknown, unknown, unknown];
  if (typeof name !== 'string' || !Array.isArray(args) || !isPlainObject(kwargs))
    throw new RpcUsageError('BAD_ARGUMENT', 'a request must be [name: str, args: tuple, kwargs: dict with str keys]');

  return { name, args, kwargs };
}

/** One part: vnpy 3.0 to 4.4. */
export function encodePairEvent(pickler: Pickler, topic: string, data: unknown): Frames {
  return [pickler.dump([topic, data])];
}

/** Two parts: vnpy 4.5 and later. */
export function encodeTopicFrameEvent(pickler: Pickler, topic: string, data: unknown): Frames {
  return [Buffer.from(topic), pickler.dump(data)];
}

/** The topic of a published message, or undefined where only decoding can tell. */
export function peekTopic(frames: Frames): string | undefined {
  const [head] = frames;
  if (head === undefined) return undefined;

  if (frames.length > 1) return head.length === 0 ? '' : isUtf8(head) ? utf8(head, 0, head.length) : undefined;

  return peekPairTopic(head);
}

/**
 * Gives what was published, whichever format it came in.
 * @param peeked - what {@link peekTopic} gave.
 * @throws UnpicklingError, or RpcUsageError if it is no message of vnpy's.
 */
export function decodeEvent(
  unpickler: Unpickler,
  frames: Frames,
  peeked: string | undefined,
): { topic: string; data: unknown } {
  const [head, body] = frames;
  if (head !== undefined && body !== undefined && frames.length === 2) {
    if (peeked === undefined) throw new RpcUsageError('BAD_ARGUMENT', 'the topic of a two-part event must be UTF-8');

    return { topic: peeked, data: unpickler.load(body) };
  }
  if (head === undefined || frames.length !== 1)
    throw new RpcUsageError('BAD_ARGUMENT', `an event has one or two parts, this message has ${frames.length}`);

  const pair = unpickler.load(head);
  if (!Array.isArray(pair) || pair.length !== 2 || typeof pair[0] !== 'string')
    throw new RpcUsageError('BAD_ARGUMENT', 'a one-part event must be [topic: str, data]');

  return { topic: pair[0], data: pair[1] as unknown };
}

/**
 * Splits a message of a ROUTER socket at the first empty part behind the sender's identity. All up to that part, and the part,
 * is the envelope: it goes back with the answer whatever its length. REQ sends one part, REQ_CORRELATE and DEALER two.
 */
export function splitEnvelope(frames: Frames): { envelope: Frames; body: Frames } | undefined {
  for (let index = 1; index < frames.length; index++)
    if (frames[index]?.length === 0) return { envelope: frames.slice(0, index + 1), body: frames.slice(index + 1) };

  return undefined;
}

/**
 * The topic can be read without decoding the rest. CPython writes `[topic, data]` at protocol 4 and 5 as PROTO, FRAME (unless
 * very short), EMPTY_LIST, MEMOIZE, MARK, SHORT_BINUNICODE.
 */
function peekPairTopic(bytes: Uint8Array): string | undefined {
  if (bytes[0] !== 0x80) return undefined;

  let offset = bytes[2] === 0x95 ? 11 : 2;
  if (bytes[offset] !== 0x5d || bytes[offset + 1] !== 0x94 || bytes[offset + 2] !== 0x28 || bytes[offset + 3] !== 0x8c)
    return undefined;

  const length = bytes[offset + 4];
  offset += 5;
  return length === undefined || offset + length > bytes.length ? undefined : utf8(bytes, offset, offset + length);
}

function utf8(bytes: Uint8Array, start: number, end: number): string {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.toString('utf8', start, end);
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;

  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function badReply(method: string, data: Uint8Array, what: string, cause?: unknown): RpcReplyError {
  return new RpcReplyError(`${method}: the server answered, but its reply ${what}`, {
    method,
    outcome: 'unknown',
    data,
    cause,
  });
}
