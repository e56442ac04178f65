/**
 * The RPC client.
 *
 * @module
 */
import type { ClientEvents, EventStreamOptions, RpcEvent } from './events.js';
import type { RpcClientOptions } from './options.js';
import type { MethodMap, RemoteMethods } from './proxy.js';
import type { ClientStats } from './stats.js';
import type { ClientStatus } from './status.js';

/** Options of one call. */
export interface CallOptions {
  /** How long to wait for the answer, in ms; instead of the client's `timeout`. `Infinity` waits for ever. */
  readonly timeout?: number;
  /** Gives the call up: RpcAbortError, whose `outcome` says whether the request had left. */
  readonly signal?: AbortSignal;
  /** `'high'` overtakes the calls that wait in this client; what has left cannot be overtaken. Default `'normal'`. */
  readonly priority?: 'high' | 'normal';
}

/** Options of {@link RpcClient.ready}. */
export interface ReadyOptions {
  /** How long to wait, in ms. Default: the client's `timeout`. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

/** A client of a Python vnpy `RpcServer`, or of this package's. */
export class RpcClient {
  constructor(options?: RpcClientOptions) {
    void options;
  }

  /** Begins to connect and returns at once, server present or not. */
  async start(requestAddress: string, subscribeAddress?: string): Promise<void> {
    void [requestAddress, subscribeAddress];
    return Promise.reject(new Error('not yet'));
  }

  /** Resolves once the status is `connected`. */
  async ready(options?: ReadyOptions): Promise<void> {
    void options;
    return Promise.reject(new Error('not yet'));
  }

  /** Calls a remote function. */
  async call<T = unknown>(
    name: string,
    args?: readonly unknown[],
    kwargs?: Readonly<Record<string, unknown>>,
    options?: CallOptions,
  ): Promise<T> {
    void [name, args, kwargs, options];
    return Promise.reject(new Error('not yet'));
  }

  /** Remote functions as methods. */
  proxy<Methods extends MethodMap<Methods>>(options?: CallOptions): RemoteMethods<Methods> {
    void options;
    throw new Error('not yet');
  }

  /** Asks for the topics that start with `topic`; `''` for all. */
  subscribe(topic: string): void {
    void topic;
  }

  /** Takes `subscribe(topic)` back. */
  unsubscribe(topic: string): void {
    void topic;
  }

  /** Events in order, from a bounded queue. */
  events(options?: EventStreamOptions): AsyncIterableIterator<RpcEvent> {
    void options;
    throw new Error('not yet');
  }

  /** Every change of the status, beginning with the present one; ends with `stopped`, `break` or the signal. */
  statuses(options?: { readonly signal?: AbortSignal }): AsyncIterableIterator<ClientStatus> {
    void options;
    throw new Error('not yet');
  }

  /** Adds a listener; what is returned takes it away. */
  on<Name extends keyof ClientEvents>(name: Name, listener: (...args: ClientEvents[Name]) => void): () => void {
    void [name, listener];
    return () => undefined;
  }

  /** Takes a listener away. */
  off<Name extends keyof ClientEvents>(name: Name, listener: (...args: ClientEvents[Name]) => void): void {
    void [name, listener];
  }

  status(): ClientStatus {
    return { state: 'idle' };
  }

  stats(): ClientStats {
    throw new Error('not yet');
  }

  async stop(): Promise<void> {
    return Promise.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
