/**
 * Remote functions as methods: `await client.proxy<Api>().add(1, 3)`.
 *
 * @module
 */
import type { RemoteCallOptions } from './call-options.js';

/** What both ends agree on: functions by name. One such type types the client's proxy and the server's handlers. */
export type MethodMap<Methods> = { readonly [Name in keyof Methods]: (...args: never[]) => unknown };

/** The methods of a proxy: the same arguments, perhaps `callOptions(…)` behind them, and a promise of the result. */
export type RemoteMethods<Methods> = {
  readonly [Name in keyof Methods]: Methods[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args | WithCallOptions<Args>) => Promise<Awaited<Result>>
    : never;
};

/** The arguments with the options behind them; optional arguments may be left out, last first. */
export type WithCallOptions<Args extends unknown[], Done extends unknown[] = []> =
  Args extends Required<Args>
    ? [...args: Done, ...rest: Args, options: RemoteCallOptions]
    : Args extends [infer First, ...infer Rest]
      ? WithCallOptions<Rest, [...Done, First]>
      : Args extends [(infer First)?, ...infer Rest]
        ? [...args: Done, options: RemoteCallOptions] | WithCallOptions<Rest, [...Done, First | undefined]>
        : never;

/** The handlers that a server needs for `Methods`: sync or async. */
export type HandlerMap<Methods> = {
  readonly [Name in keyof Methods]: Methods[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Result | Promise<Awaited<Result>>
    : never;
};

/**
 * An object whose every property is a remote function.
 *
 * `then` and `toJSON` are not, nor are symbols: otherwise `await proxy` or `JSON.stringify(proxy)` would call the
 * server. A remote function of such a name can be reached with `call`.
 */
export function createProxy<Methods extends MethodMap<Methods>>(
  call: (name: string, args: readonly unknown[]) => Promise<unknown>,
): RemoteMethods<Methods> {
  const methods = new Map<string, (...args: unknown[]) => Promise<unknown>>();
  const handler: ProxyHandler<object> = {
    get(_target, property) {
      if (typeof property === 'symbol' || property === 'then' || property === 'toJSON') return undefined;

      let method = methods.get(property);
      if (method === undefined) {
        method = (...args) => call(property, args);
        methods.set(property, method);
      }
      return method;
    },
  };
  // The type is the caller's claim about the server, as with every typed RPC: nothing here can check it.
  return new Proxy(Object.freeze(Object.create(null) as object), handler) as RemoteMethods<Methods>;
}
