/**
 * A server's functions: from the bytes of a request to the bytes of its reply.
 *
 * @module
 */
import { PickleError, Pickler, Unpickler } from '../pickle/index.js';
import { stringRepr } from '../pickle/internal.js';
import { option, OptionTable } from '../option-table.js';
import type { RowsOf } from '../option-table.js';
import type { CallContext } from './access-control.js';
import { optionChecks } from './checks.js';
import { RpcUsageError } from './errors.js';
import type { Gate } from './gate.js';
import type { ResolvedServerOptions } from './options.js';
import { decodeRequest } from './protocol.js';
import type { Request } from './protocol.js';
import { PythonError, Signature } from './signature.js';
import { formatTraceback } from './traceback.js';

/** A function that clients may call: sync or async. */
export type Handler = (...args: never[]) => unknown;

/** Options of `RpcServer.register`. */
export interface RegisterOptions {
  /**
   * The Python names of the parameters, so that clients can pass keyword arguments and get Python's TypeErrors:
   *
   * - `'a'` is required.
   * - `'b?'` has a default. The handler gets undefined.
   * - `'*args'` takes the rest of the positional arguments.
   * - `'**kwargs'` takes the rest of the keyword arguments, as one object that comes last.
   * - Names behind `'*'`, or `'*args'`, can be given by keyword only. The handler gets them before the rest. So
   *   `['a', '*args', 'key']` are the parameters of `(a, key, ...args) => …`.
   *
   * Without `params`, positional arguments are passed on as they are, and keyword arguments answered with a TypeError.
   */
  readonly params?: readonly string[] | undefined;
  /**
   * Whether the handler gets who calls, a {@link CallContext}, as its last argument: behind all parameters, also those that the
   * client left out. Needs `params`, because without them a client could put a value of its own there. Default false.
   */
  readonly context?: boolean | undefined;
}

/** The options of `register()`; their values are the signature's to check. */
export const REGISTER_OPTIONS = new OptionTable(optionChecks, 'the options of register()', {
  params: option.other<readonly string[]>('an array of texts'),
  context: option.flag(false),
} satisfies RowsOf<RegisterOptions>);

interface Method {
  readonly call: (...args: unknown[]) => unknown;
  readonly signature: Signature | undefined;
  readonly wantsContext: boolean;
}

/** Functions by name, and what became of the requests for them. */
export class Methods {
  readonly #options: ResolvedServerOptions;
  readonly #gate: Gate;
  readonly #unpickler: Unpickler;
  readonly #pickler: Pickler;
  /** With none of the user's options but the protocol: none of them can keep a failure from being told. */
  readonly #failurePickler: Pickler;
  readonly #methods = new Map<string, Method>();
  succeeded = 0;
  failed = 0;
  malformed = 0;
  unpicklable = 0;

  constructor(options: ResolvedServerOptions, gate: Gate) {
    this.#options = options;
    this.#gate = gate;
    this.#unpickler = new Unpickler(options.loads);
    this.#pickler = new Pickler(options.dumps);
    this.#failurePickler = new Pickler({ protocol: options.dumps.protocol, pool: true });
  }

  /** @throws RpcUsageError if the name is taken, or something is none of what it should be. */
  register(name: string, handler: Handler, options: RegisterOptions = {}): void {
    if (typeof name !== 'string' || name === '')
      throw new RpcUsageError('BAD_ARGUMENT', 'a function needs a name: register(name, handler)');

    if (typeof handler !== 'function')
      throw new RpcUsageError('BAD_ARGUMENT', `${name}: the handler must be a function, not ${typeof handler}`);

    if (this.#methods.has(name)) throw new RpcUsageError('ALREADY_REGISTERED', `${name} has been registered already`);

    const { params, context } = REGISTER_OPTIONS.resolve(options, `the options of ${name}`);
    if (context && params === undefined) {
      throw new RpcUsageError(
        'BAD_OPTION',
        `${name}: context needs params, for without them a client could pass a value of its own in the place of the context`,
      );
    }

    this.#methods.set(name, {
      // What a client passes can be anything: a handler checks its own arguments, as in Python.
      call: handler as (...args: unknown[]) => unknown,
      signature: params === undefined ? undefined : new Signature(name, params),
      wantsContext: context,
    });
  }

  /** Names of the functions. */
  get names(): readonly string[] {
    return [...this.#methods.keys()];
  }

  /** Runs a request. Never throws, and the promise never rejects: every failure is a reply. */
  run(body: Uint8Array, caller: CallContext): Uint8Array | Promise<Uint8Array> {
    try {
      const result = this.#call(this.#decode(body), caller);
      return isThenable(result) ? this.#later(result) : this.#success(result);
    } catch (error) {
      return this.failure(error);
    }
  }

  /** The reply that says what was thrown. Never throws, whatever that was. */
  failure(error: unknown): Uint8Array {
    this.failed++;
    return this.#failurePickler.dump([false, formatTraceback(error, this.#options.hideStack)]);
  }

  #decode(body: Uint8Array): Request {
    try {
      if (body.length > this.#options.maxRequestBytes) {
        const limit = this.#options.maxRequestBytes;
        throw new RpcUsageError('BAD_ARGUMENT', `the request has ${body.length} bytes, ${limit} are allowed`);
      }
      return decodeRequest(this.#unpickler, body);
    } catch (error) {
      this.malformed++;
      throw error;
    }
  }

  #call(request: Request, caller: CallContext): unknown {
    const refusal = this.#gate.whyRefused(request, caller);
    if (refusal !== undefined) throw refusal;

    const { name, args, kwargs } = request;
    const addressed = caller.terms?.method ?? name;
    if (addressed !== name) {
      // Rights of a transport are of what a request is addressed to: it must not do another thing.
      const both = `${stringRepr(addressed)}, and asks for ${stringRepr(name)}`;
      throw new PythonError('PermissionError', `the request is addressed to ${both}`);
    }
    const method = this.#methods.get(name);
    if (method === undefined) throw new PythonError('KeyError', stringRepr(name)); // What vnpy's server raises for an unknown name.

    const { call, signature, wantsContext } = method; // Called as a plain function, it has its own name in the traceback.
    if (signature !== undefined && wantsContext)
      return Reflect.apply(call, undefined, [...signature.bindAll(args, kwargs), caller]);

    if (signature !== undefined) return Reflect.apply(call, undefined, signature.bind(args, kwargs)); // Spreading a Tuple is slow: it is no plain array.

    const [keyword] = Object.keys(kwargs);
    if (keyword !== undefined)
      throw new PythonError('TypeError', `${name}() got an unexpected keyword argument ${stringRepr(keyword)}`);

    return Reflect.apply(call, undefined, args);
  }

  async #later(result: PromiseLike<unknown>): Promise<Uint8Array> {
    try {
      return this.#success(await result);
    } catch (error) {
      return this.failure(error);
    }
  }

  /** @throws PicklingError if the result cannot be written: that is the caller's to answer. */
  #success(result: unknown): Uint8Array {
    let reply: Uint8Array;
    try {
      reply = this.#pickler.dump([true, result]);
    } catch (error) {
      if (error instanceof PickleError) this.unpicklable++;

      throw error;
    }
    this.succeeded++;
    return reply;
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
