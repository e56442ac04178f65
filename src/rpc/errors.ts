/**
 * Every error that the RPC layer throws on purpose.
 *
 * @module
 */
import { BridgeError } from '../errors.js';
import type { BridgeErrorOptions } from '../errors.js';
import { stringRepr } from '../pickle/internal.js';

/**
 * What is known about a request whose answer did not come.
 *
 * - `'not-sent'`: it never left this process and never will. The server has not executed it.
 * - `'unknown'`: it left. The server may have executed it, may be executing it, or may do so later.
 */
export type CallOutcome = 'not-sent' | 'unknown';

/** Codes of {@link RpcCallError}. */
export type RpcCallErrorCode = 'TIMEOUT' | 'DISCONNECTED' | 'CLOSED' | 'ABORTED' | 'QUEUE_FULL' | 'BAD_REPLY';

/** Options of {@link RpcCallError}. */
export interface RpcCallErrorOptions extends BridgeErrorOptions {
  /** Name of the remote function. */
  readonly method: string;
  /** Whether the request left this process. */
  readonly outcome: CallOutcome;
}

/** Base of the errors of a call that got no answer, or none that could be read. */
export abstract class RpcCallError<Code extends RpcCallErrorCode = RpcCallErrorCode> extends BridgeError<Code> {
  /** Name of the remote function. */
  readonly method: string;
  /** Whether the request left this process: decide by this, not by the class, whether an order may exist. */
  readonly outcome: CallOutcome;

  protected constructor(code: Code, message: string, options: RpcCallErrorOptions) {
    super(code, message, options);
    this.method = options.method;
    this.outcome = options.outcome;
  }
}

/** No answer within the call's timeout. */
export class RpcTimeoutError extends RpcCallError<'TIMEOUT'> {
  /** The timeout that passed, in ms. */
  readonly timeout: number;

  constructor(message: string, options: RpcCallErrorOptions & { readonly timeout: number }) {
    super('TIMEOUT', message, options);
    this.timeout = options.timeout;
  }
}

/** The connection was lost while the call was in flight, or cannot be made with the given security. */
export class RpcDisconnectedError extends RpcCallError<'DISCONNECTED'> {
  constructor(message: string, options: RpcCallErrorOptions) {
    super('DISCONNECTED', message, options);
  }
}

/** The client was stopped, or has not been started. */
export class RpcClosedError extends RpcCallError<'CLOSED'> {
  constructor(message: string, options: RpcCallErrorOptions) {
    super('CLOSED', message, options);
  }
}

/** The call's `AbortSignal` was aborted; its reason is the `cause`. */
export class RpcAbortError extends RpcCallError<'ABORTED'> {
  constructor(message: string, options: RpcCallErrorOptions) {
    super('ABORTED', message, options);
  }
}

/** The bounded queue of calls that wait for the connection is full. The call was not queued. */
export class RpcQueueFullError extends RpcCallError<'QUEUE_FULL'> {
  constructor(message: string, options: RpcCallErrorOptions) {
    super('QUEUE_FULL', message, options);
  }
}

/** The server answered with something that is no reply of vnpy's RPC, or that cannot be decoded (see `cause`). */
export class RpcReplyError extends RpcCallError<'BAD_REPLY'> {
  /** The undecodable body, as it arrived. */
  readonly data: Uint8Array;

  constructor(message: string, options: RpcCallErrorOptions & { readonly data: Uint8Array }) {
    super('BAD_REPLY', message, options);
    this.data = options.data;
  }
}

/**
 * The remote function raised. `traceback` is the server's own text (`traceback.format_exc()` in vnpy/rpc/server.py);
 * `type` and `remoteMessage` are read from its last line.
 */
export class RemoteException extends BridgeError<'REMOTE_EXCEPTION'> {
  /** Name of the remote function. */
  readonly method: string;
  /** The traceback as the server sent it. */
  readonly traceback: string;
  /** The Python exception's type, for example `'KeyError'`; empty when the text has no such line. */
  readonly type: string;
  /** The text after the type, for example `"'no_such_function'"`. */
  readonly remoteMessage: string;

  constructor(method: string, traceback: string) {
    const { type, message } = parseTraceback(traceback);
    // vnpy looks the function up in a dict (vnpy/rpc/server.py): that is what KeyError means to a Python programmer.
    const unknown = type === 'KeyError' && message === stringRepr(method);
    const hint = unknown ? ' (the server offers no function of that name)' : '';
    super('REMOTE_EXCEPTION', type === '' ? `${method}: ${message}` : `${method}: ${type}: ${message}${hint}`);
    this.method = method;
    this.traceback = traceback;
    this.type = type;
    this.remoteMessage = message;
  }
}

/** Codes of {@link RpcTransportError}. */
export type RpcTransportErrorCode =
  | 'ZEROMQ_UNAVAILABLE'
  | 'BAD_ADDRESS'
  | 'ADDRESS_IN_USE'
  | 'ADDRESS_NOT_AVAILABLE'
  | 'PERMISSION_DENIED'
  | 'MISSING_FOLDER'
  | 'UNSUPPORTED'
  | 'BAD_SECURITY'
  | 'TRANSPORT_FAILED';

/** A socket could not be opened. Nothing is left open or bound. */
export class RpcTransportError extends BridgeError<RpcTransportErrorCode> {
  /** The address concerned, if one is. */
  readonly address: string | undefined;

  constructor(
    code: RpcTransportErrorCode,
    message: string,
    options: BridgeErrorOptions & { readonly address?: string } = {},
  ) {
    super(code, message, options);
    this.address = options.address;
  }
}

/** Codes of {@link RpcUsageError}. */
export type RpcUsageErrorCode =
  'BAD_ARGUMENT' | 'BAD_OPTION' | 'ALREADY_STARTED' | 'NOT_STARTED' | 'ALREADY_REGISTERED';

/** The library was asked for something that it cannot do: a wrong argument, or a method in the wrong state. */
export class RpcUsageError extends BridgeError<RpcUsageErrorCode> {
  constructor(code: RpcUsageErrorCode, message: string, options: BridgeErrorOptions = {}) {
    super(code, message, options);
  }
}

/** An event iterator with `overflow: 'fail'` had more events waiting than its limit. */
export class RpcOverflowError extends BridgeError<'OVERFLOW'> {
  constructor(message: string) {
    super('OVERFLOW', message);
  }
}

/**
 * The last line of a traceback that starts like `Type: message` is the exception. Later lines belong to its message, whose
 * second line Python does not indent.
 */
function parseTraceback(text: string): { type: string; message: string } {
  const lines = text.trimEnd().split('\n');
  let start = lines.length - 1;
  for (let index = lines.length - 1; index >= 0; index--) {
    const line = lines[index] ?? '';
    if (line.startsWith('  ') || line.startsWith('Traceback ')) break;

    start = index;
  }
  const match = /^([\p{L}_][\p{L}\p{N}_.]*)(?::\s?([\s\S]*))?$/u.exec(lines.slice(start).join('\n'));
  return match === null ? { type: '', message: text.trim() } : { type: match[1] ?? '', message: match[2] ?? '' };
}
