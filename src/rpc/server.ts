/**
 * The RPC server.
 *
 * @module
 */
import { messageOf } from '../errors.js';
import { Bindings } from './bindings.js';
import type { Bound, Wanted } from './bindings.js';
import { option, OptionTable } from '../option-table.js';
import type { RowsOf } from '../option-table.js';
import { checkObject, optionChecks } from './checks.js';
import { Dispatcher } from './dispatcher.js';
import type { Source } from './dispatcher.js';
import { RpcUsageError } from './errors.js';
import { checkTopic } from './event-hub.js';
import { Gate } from './gate.js';
import { Methods } from './methods.js';
import type { Handler, RegisterOptions } from './methods.js';
import { resolveServerOptions } from './options.js';
import type { ResolvedServerOptions, RpcServerOptions } from './options.js';
import { splitEnvelope } from './protocol.js';
import type { HandlerMap, MethodMap } from './proxy.js';
import { Publisher } from './publisher.js';
import { RefusalLog } from './refusal-log.js';
import { addressesOf, announce, LISTEN_OPTIONS, publishAddresses } from './server-addresses.js';
import type { ListenAddresses, ListenedAddresses, PublishAddress, ServerAddresses } from './server-addresses.js';
import type { ServerStats } from './stats.js';
import type { CallContext, CallTerms } from './access-control.js';
import type { Delivery, Frames, ReplySocket } from './transport.js';

/** A handler with a name of its own, under which it is registered. */
export type NamedFunction = Handler & { readonly name: string };

/** Options of `RpcServer.publish`. */
export interface PublishOptions {
  /**
   * Which principals get the event. It is asked at once, and once for each principal that is connected for events. What throws
   * is a no. Default: all get it.
   */
  readonly to?: (principal: string) => boolean;
}

/** What exists only while a server is active. */
interface Session {
  readonly bindings: Bindings;
  /** What the server was started with. */
  readonly bound: Bound & { readonly reply: ReplySocket };
  readonly dispatcher: Dispatcher;
}

/** How long `stop()` lets answers leave, in ms. */
const LINGER = 200;

/** The options of `publish()`. */
export const PUBLISH_EVENT_OPTIONS = new OptionTable(optionChecks, 'the options of publish()', {
  to: option.callback<(principal: string) => boolean>(),
} satisfies RowsOf<PublishOptions>);

const STOPPING = 'the server is stopping';

/**
 * A server for Python's `RpcClient` of vnpy 3.0 and later, and for this package's.
 *
 * Nothing that a client sends ends it or blocks it, and nothing but a registered function is executed. Whatever is wrong
 * with a request is answered with a traceback.
 *
 * @example
 * ```ts
 * await using server = new RpcServer();
 * server.register('add', (a: number, b: number) => a + b, { params: ['a', 'b'] });
 * await server.start('tcp://127.0.0.1:2014', 'tcp://127.0.0.1:4102');
 * server.publish('', { seq: 1 });
 * ```
 */
export class RpcServer {
  readonly #options: ResolvedServerOptions;
  readonly #gate: Gate;
  readonly #methods: Methods;
  readonly #publisher: Publisher;
  #phase: 'idle' | 'starting' | 'active' | 'stopping' = 'idle';
  #session: Session | undefined;
  #starting: Promise<Session> | undefined;
  #stopping: Promise<void> | undefined;
  #requests = 0;
  #junk = 0;
  #undeliverable = 0;
  #unread = 0;
  #denied = 0;
  readonly #refusals = new RefusalLog((line) => {
    this.#options.logger.warn(line);
  });
  readonly #failures = new RefusalLog((line) => {
    this.#options.logger.error(line);
  });
  /** Sockets for requests, of all runs: their clients are told apart by it. */
  #sources = 0;
  #internalErrors = 0;
  /** Of the dispatchers of earlier runs. */
  #refused = 0;
  #discarded = 0;
  #expired = 0;

  /** @throws RpcUsageError if an option has no sense. */
  constructor(options: RpcServerOptions = {}) {
    this.#options = resolveServerOptions(options);
    this.#gate = this.#createGate();
    this.#methods = new Methods(this.#options, this.#gate);
    this.#publisher = new Publisher(this.#options.dumps, this.#options.heartbeatInterval);
  }

  /**
   * Makes a function callable, under its own name or another.
   * @throws RpcUsageError if the name is taken, or `params` cannot be those of a Python function.
   */
  register(handler: NamedFunction, options?: RegisterOptions): this;
  register(name: string, handler: Handler, options?: RegisterOptions): this;
  register(first: string | NamedFunction, second?: Handler | RegisterOptions, options?: RegisterOptions): this {
    if (typeof first === 'function') this.#methods.register(first.name, first, second as RegisterOptions | undefined);
    else this.#methods.register(first, second as Handler, options);

    return this;
  }

  /**
   * Registers every method of `Methods`: the mirror of `client.proxy<Methods>()`.
   * @throws RpcUsageError if a name is taken, or something is no function.
   */
  implement<Methods extends MethodMap<Methods>>(handlers: HandlerMap<Methods>): this {
    checkObject('the functions to implement', handlers);
    for (const [name, handler] of Object.entries<Handler>(handlers)) this.#methods.register(name, handler);

    return this;
  }

  /**
   * Binds the addresses and begins to serve.
   *
   * @param replyAddress - where requests are taken. `tcp://*:2014` is for the whole network: see the option `security`.
   * @param publishAddress - where events are published. A string means the format of vnpy 4.5 and later, and `{ pair }` that of
   *   vnpy 3.0 to 4.4. A client of the other kind gets nothing, and does not say so.
   * @throws RpcTransportError if an address cannot be bound, or zeromq cannot be loaded: nothing is left bound then.
   * @throws RpcUsageError if the server is active already, or the publish address is none of its forms.
   */
  async start(
    replyAddress = 'tcp://127.0.0.1:2014',
    publishAddress: PublishAddress = 'tcp://127.0.0.1:4102',
  ): Promise<void> {
    if (this.#phase !== 'idle') throw new RpcUsageError('ALREADY_STARTED', `the server is ${this.#phase} already`);

    const wanted = { reply: replyAddress, ...publishAddresses(publishAddress) };
    this.#phase = 'starting';
    this.#starting = this.#open(wanted);
    try {
      this.#session = await this.#starting;
    } catch (error) {
      this.#phase = 'idle';
      throw error;
    }
    this.#phase = 'active';
    this.#publisher.start(this.#session.bindings);
    this.#announce(this.#session.bound);
  }

  /**
   * Binds further addresses, at which the same functions are served and the same events published, until `stop()`. An
   * {@link AccessControl} sees by a peer's `endpoint` where it has come to. While the server starts, this waits for it.
   *
   * @returns the addresses bound, with the real ports.
   * @throws RpcTransportError if an address cannot be bound: none of these is left bound then.
   * @throws RpcUsageError if the server is not active, no address is given, or the publish address is none of its forms.
   */
  async listen(addresses: ListenAddresses): Promise<ListenedAddresses> {
    const { reply, publish } = LISTEN_OPTIONS.resolve(addresses);
    if (reply === undefined && publish === undefined)
      throw new RpcUsageError('BAD_ARGUMENT', 'listen() needs an address: reply, publish, or both');

    const events = publish === undefined ? { topicFrame: undefined, pair: undefined } : publishAddresses(publish);
    if (this.#phase === 'starting') await this.#starting?.catch(() => undefined); // That start has failed is its caller's to know.

    const session = this.#phase === 'active' ? this.#session : undefined;
    if (session === undefined)
      throw new RpcUsageError('NOT_STARTED', `the server is ${this.#phase}: listen() adds addresses to a running one`);

    const bound = await session.bindings.bind({ reply, ...events });
    this.#announce(bound);
    return addressesOf(bound);
  }

  /** The addresses bound; undefined unless active. */
  get addresses(): ServerAddresses | undefined {
    const bound = this.#session?.bound;
    return bound === undefined ? undefined : { ...addressesOf(bound), reply: bound.reply.address };
  }

  /**
   * Publishes an event: at once, without waiting. ZeroMQ drops it for subscribers that do not read (option
   * `publishHighWaterMark`); while the server is not active nobody gets it.
   * @throws PicklingError if the data cannot be written: it is published nowhere then.
   * @throws RpcUsageError for `to` with a transport that cannot tell who subscribes.
   */
  publish(topic: string, data: unknown, options?: PublishOptions): void {
    const to = options === undefined ? undefined : PUBLISH_EVENT_OPTIONS.check(options).to;
    if (to === undefined) {
      this.#publisher.publish(checkTopic(topic), data);
      return;
    }
    if (this.#options.transport.tellsPeers !== true) {
      throw new RpcUsageError(
        'BAD_ARGUMENT',
        'publish: the transport cannot tell who subscribes, so that "to" would have no effect: use the transport \'zmtp\'',
      );
    }

    this.#publisher.publish(checkTopic(topic), data, () => this.#gate.audience(to));
  }

  /** Names of all registered functions, in the order of their registration. */
  get functions(): readonly string[] {
    return this.#methods.names;
  }

  /** Whether the server serves. */
  isActive(): boolean {
    return this.#phase === 'active';
  }

  /** Counters, now. */
  stats(): ServerStats {
    const dispatcher = this.#session?.dispatcher;
    return {
      requests: this.#requests,
      succeeded: this.#methods.succeeded,
      failed: this.#methods.failed,
      malformed: this.#methods.malformed,
      junk: this.#junk,
      refused: this.#refused + (dispatcher?.refused ?? 0),
      undeliverable: this.#undeliverable,
      discarded: this.#discarded + (dispatcher?.discarded ?? 0),
      expired: this.#expired + (dispatcher?.expired ?? 0),
      unread: this.#unread,
      unpicklable: this.#methods.unpicklable,
      pending: dispatcher?.pending ?? 0,
      clients: dispatcher?.clients ?? 0,
      published: this.#publisher.published,
      publishDropped: this.#publisher.dropped,
      heartbeats: this.#publisher.heartbeats,
      denied: this.#denied,
      internalErrors: this.#internalErrors,
    };
  }

  /**
   * Ends the server: what runs may end within the option `gracePeriod`; everything else is answered with an error.
   * May be called again, also meanwhile. The server can be started anew afterwards.
   */
  async stop(): Promise<void> {
    if (this.#phase === 'starting') await this.#starting?.catch(() => undefined); // That start has failed is its caller's to know.

    if (this.#session !== undefined) this.#stopping ??= this.#close(this.#session);

    await this.#stopping;
  }

  /** The same as `stop()`: for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #createGate(): Gate {
    const { access } = this.#options;
    return new Gate({
      rules: this.#options,
      access,
      denied: (detail) => {
        this.#denied++;
        this.#refusals.tell(detail);
      },
      ended: (detail) => {
        this.#refusals.tell(detail);
      },
      failed: (detail) => {
        this.#internalErrors++;
        this.#failures.tell(detail);
      },
      gone: (caller) => {
        this.#session?.dispatcher.discard(caller);
      },
    });
  }

  async #open(wanted: Wanted & { readonly reply: string }): Promise<Session> {
    const { transport, maxRequestBytes } = this.#options;
    const sockets = await transport.openServer({
      ...this.#options,
      maxMessageBytes: maxRequestBytes * 4,
      linger: LINGER,
      denied: (detail) => {
        this.#denied++;
        this.#refusals.tell(detail);
      },
    });
    const dispatcher = this.#createDispatcher();
    const bindings = new Bindings(sockets, this.#gate, (reply) => {
      this.#listenTo(reply, dispatcher);
    });
    try {
      const bound = await bindings.bind(wanted);
      if (bound.reply === undefined) throw new RpcUsageError('BAD_ARGUMENT', 'a server needs an address for requests');
      return { bindings, bound: { ...bound, reply: bound.reply }, dispatcher };
    } catch (error) {
      await bindings.close();
      throw error;
    }
  }

  #createDispatcher(): Dispatcher {
    return new Dispatcher({
      ...this.#options,
      run: (body, caller) => this.#methods.run(body, caller),
      refuse: (reason) => this.#methods.failure(new Error(reason)),
      onError: (cause) => {
        this.#internalError(cause);
      },
    });
  }

  #listenTo(reply: ReplySocket, dispatcher: Dispatcher): void {
    const delivered = (delivery: Delivery): boolean => {
      if (delivery === 'gone') this.#undeliverable++;
      else if (delivery === 'full') this.#unread++;

      return delivery !== 'gone';
    };
    const failed = (cause: unknown): boolean => {
      this.#internalError(cause);
      return true;
    };
    const source: Source = {
      name: `${++this.#sources} `,
      answer: (envelope, body, note) => reply.send([...envelope, body], note).then(delivered, failed),
    };
    reply.receive((frames, sender, terms) => {
      try {
        this.#receive(dispatcher, source, frames, sender, terms);
      } catch (cause) {
        this.#internalError(cause); // Whatever it is: thrown further, it would end the receiving, or the process.
      }
    });
  }

  #receive(
    dispatcher: Dispatcher,
    source: Source,
    frames: Frames,
    caller: CallContext | undefined,
    terms: CallTerms | undefined,
  ): void {
    this.#requests++;
    const message = splitEnvelope(frames);
    if (message === undefined) {
      this.#junk++; // Without an empty frame there is no request to answer.
      return;
    }
    // A request has one body; of any other number, none of them is right: let the decoder say so.
    const [body] = message.body;
    dispatcher.add({
      source,
      envelope: message.envelope,
      body: message.body.length === 1 && body !== undefined ? body : new Uint8Array(),
      caller,
      terms,
    });
  }

  #internalError(cause: unknown): void {
    this.#internalErrors++;
    this.#options.logger.error(`a request could not be handled: ${messageOf(cause)}`);
  }

  async #close(session: Session): Promise<void> {
    this.#phase = 'stopping';
    const { bindings, dispatcher } = session;
    await dispatcher.close(STOPPING, this.#options.gracePeriod);
    this.#publisher.stop();
    await bindings.close();
    this.#refused += dispatcher.refused;
    this.#discarded += dispatcher.discarded;
    this.#expired += dispatcher.expired;
    this.#session = undefined;
    this.#stopping = undefined;
    this.#phase = 'idle';
    this.#options.logger.info('the server has stopped');
  }

  #announce(bound: Bound): void {
    announce(bound, this.#options.security !== undefined, this.#options.logger);
  }
}
