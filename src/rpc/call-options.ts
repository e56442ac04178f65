/**
 * Options of one call, as `call` takes them and as a method of a proxy does.
 *
 * @module
 */
import { NOT_DATA } from '../pickle/internal.js';
import { option, OptionTable } from '../option-table.js';
import type { RowsOf } from '../option-table.js';
import { shown } from '../options.js';
import { optionChecks } from './checks.js';
import { RpcUsageError } from './errors.js';

/** Options of one call. */
export interface CallOptions {
  /** Keyword arguments of the remote function: a plain object. Default: none. */
  readonly kwargs?: Readonly<Record<string, unknown>>;
  /** How long to wait for the answer, in ms. Default: the client's `timeout`. `Infinity` waits for ever. */
  readonly timeout?: number;
  /** Gives the call up: RpcAbortError, whose `outcome` says whether the request had left. */
  readonly signal?: AbortSignal;
  /**
   * Whether the call overtakes others. `'high'` overtakes the calls that wait in this client, and leaves at once by itself.
   * What has left cannot be overtaken. Default `'normal'`.
   */
  readonly priority?: 'high' | 'normal';
  /**
   * What becomes of the call while there is no connection. `'wait'` (default) waits for the next one, as long as the timeout
   * allows. `'fail'` fails at once with `outcome: 'not-sent'`. So does a call that has not left when the connection breaks.
   * Choose `'fail'` for a call that is right now and wrong later, such as an order at a price.
   */
  readonly whenDisconnected?: 'wait' | 'fail';
  /**
   * What is sent with the request, beside it: printable ASCII by name. ZeroMQ has no place for it and leaves it out; that of
   * `vnpy-bridge/cluster` has one. Default: nothing.
   */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a header's name and its value may be made of. */
const HEADER_NAME = /^[A-Za-z][A-Za-z0-9-]*$/;
const HEADER_VALUE = /^[\x20-\x7e]*$/;

/** @throws RpcUsageError `BAD_OPTION` for what no transport could carry. */
function checkHeaders(name: string, headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const given: unknown = headers;
  if (typeof given !== 'object' || given === null)
    throw new RpcUsageError('BAD_OPTION', `${name} must be an object of texts, not ${shown(given)}`);
  for (const [key, value] of Object.entries(given as Readonly<Record<string, unknown>>)) {
    if (!HEADER_NAME.test(key))
      throw new RpcUsageError('BAD_OPTION', `${name}: ${shown(key)} cannot be a header's name`);
    if (typeof value !== 'string' || !HEADER_VALUE.test(value))
      throw new RpcUsageError('BAD_OPTION', `${name}.${key} must be a text of printable ASCII, not ${shown(value)}`);
  }
  return headers;
}

/** The options of a call. Who comes from Python gives the keyword arguments themselves. */
export const CALL_OPTIONS = new OptionTable(
  optionChecks,
  'the options of a call',
  {
    kwargs: option.other<Readonly<Record<string, unknown>>>('an object'),
    timeout: option.duration(),
    signal: option.signal(),
    priority: option.choice(['high', 'normal'], 'normal'),
    whenDisconnected: option.choice(['wait', 'fail'], 'wait'),
    headers: option.other<Readonly<Record<string, string>>>('an object of texts', checkHeaders),
  } satisfies RowsOf<CallOptions>,
  { hint: (name) => ` Keyword arguments of the remote function go into kwargs: { ${name}: … }` },
);

/** One object for all calls without options: it need not be looked at. */
export const NO_CALL_OPTIONS: CallOptions = Object.freeze({});

/**
 * What {@link callOptions} gives: options that no argument can be taken for, because this class alone makes them. Frozen,
 * never pickled.
 */
export class RemoteCallOptions {
  readonly #options: CallOptions;

  /** @internal */
  constructor(options: CallOptions) {
    this.#options = options;
    Object.freeze(this);
  }

  /** The options of such an object; undefined for any other value. @internal */
  static read(value: unknown): CallOptions | undefined {
    return typeof value === 'object' && value !== null && #options in value ? value.#options : undefined;
  }

  /** @internal */
  readonly [NOT_DATA] =
    'callOptions() is no data: it may only be the last argument of a method of proxy(), or the options of call()';
}

/**
 * Options for one call of a method of a proxy: as its last argument.
 *
 * @example
 * ```ts
 * await client.proxy<Api>().add(1, callOptions({ kwargs: { b: 2 }, timeout: 500 }));
 * ```
 *
 * @throws RpcUsageError `BAD_OPTION` for an option that has no sense, or is none.
 */
export function callOptions(options: CallOptions): RemoteCallOptions {
  return new RemoteCallOptions(Object.freeze({ ...checkCallOptions(options) }));
}

/**
 * What `call` was given, checked: options, or what {@link callOptions} made of them.
 *
 * What is not understood must not be taken for its default: an order that was to fail at once would wait.
 */
export function checkCallOptions(given: CallOptions | RemoteCallOptions): CallOptions {
  return RemoteCallOptions.read(given) ?? CALL_OPTIONS.check(given as CallOptions);
}

/** The arguments of a proxy's method, and the options at their end, which come on top of the proxy's own. */
export function splitCallOptions(
  args: readonly unknown[],
  ofProxy: CallOptions,
): readonly [args: readonly unknown[], options: CallOptions] {
  const own = RemoteCallOptions.read(args.at(-1));
  return own === undefined ? [args, ofProxy] : [args.slice(0, -1), { ...ofProxy, ...own }];
}
