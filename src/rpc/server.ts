/**
 * The RPC server.
 *
 * @module
 */
import type { RpcServerOptions } from './options.js';
import type { HandlerMap, MethodMap } from './proxy.js';
import type { ServerStats } from './stats.js';

/** A function that clients may call: sync or async. */
export type Handler = (...args: never[]) => unknown;

/** A handler with a name of its own, under which it is registered. */
export type NamedFunction = Handler & { readonly name: string };

/** Options of {@link RpcServer.register}. */
export interface RegisterOptions {
  /**
   * The Python names of the parameters, so that clients can pass keyword arguments and get Python's TypeErrors:
   * `'a'` is required, `'b?'` has a default (the handler gets undefined), `'*args'` takes the rest of the positional
   * arguments, `'**kwargs'` the rest of the keyword arguments as one object.
   * Without `params` a call with keyword arguments is answered with a TypeError.
   */
  readonly params?: readonly string[];
}

/** Where a server publishes: one address in the format of vnpy 4.5 and later, or one a format. */
export type PublishAddress = string | { readonly topicFrame?: string; readonly pair?: string };

/** Addresses that a server has bound, with the real ports. */
export interface ServerAddresses {
  readonly reply: string;
  readonly topicFrame: string | undefined;
  readonly pair: string | undefined;
}

/** A server for Python's `RpcClient`, or for this package's. */
export class RpcServer {
  constructor(options?: RpcServerOptions) {
    void options;
  }

  register(handler: NamedFunction, options?: RegisterOptions): this;
  register(name: string, handler: Handler, options?: RegisterOptions): this;
  register(...args: unknown[]): this {
    void args;
    return this;
  }

  /** Registers every method of `Methods`: the mirror of `client.proxy<Methods>()`. */
  implement<Methods extends MethodMap<Methods>>(handlers: HandlerMap<Methods>): this {
    void handlers;
    return this;
  }

  async start(replyAddress?: string, publishAddress?: PublishAddress): Promise<void> {
    void [replyAddress, publishAddress];
    return Promise.reject(new Error('not yet'));
  }

  /** The addresses bound; undefined unless active. */
  get addresses(): ServerAddresses | undefined {
    return undefined;
  }

  publish(topic: string, data: unknown): void {
    void [topic, data];
  }

  isActive(): boolean {
    return false;
  }

  stats(): ServerStats {
    throw new Error('not yet');
  }

  async stop(): Promise<void> {
    return Promise.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
