/**
 * The RPC server.
 *
 * @module
 */
import { messageOf } from '../errors.js';
import { bindsEveryInterface, parseAddress } from './address.js';
import { option, OptionTable } from '../option-table.js';
import type { RowsOf } from '../option-table.js';
import { checkObject, optionChecks } from './checks.js';
import { Dispatcher } from './dispatcher.js';
import { RpcUsageError } from './errors.js';
import { checkTopic } from './event-hub.js';
import { Methods } from './methods.js';
import type { Handler, RegisterOptions } from './methods.js';
import { resolveServerOptions } from './options.js';
import type { ResolvedServerOptions, RpcServerOptions } from './options.js';
import { splitEnvelope } from './protocol.js';
import type { HandlerMap, MethodMap } from './proxy.js';
import { Publisher } from './publisher.js';
import { RefusalLog } from './refusal-log.js';
import type { ServerStats } from './stats.js';
import type { Delivery, Frames, PublishSocket, ReplySocket, ServerSockets } from './transport.js';

/** A handler with a name of its own, under which it is registered. */
export type NamedFunction = Handler & { readonly name: string };

/** Where a server publishes in each format. */
export interface PublishAddresses {
  /** For clients of vnpy 4.5 and later. */
  readonly topicFrame?: string;
  /** For clients of vnpy 3.0 to 4.4. */
  readonly pair?: string;
}

/** Where a server publishes: one address in the format of vnpy 4.5 and later, or one a format. */
export type PublishAddress = string | PublishAddresses;

/** Addresses that a server has bound, with the real ports. */
export interface ServerAddresses {
  readonly reply: string;
  readonly topicFrame: string | undefined;
  readonly pair: string | undefined;
}

/** What exists only while a server is active. */
interface Session {
  readonly sockets: ServerSockets;
  readonly reply: ReplySocket;
  readonly topicFrame: PublishSocket | undefined;
  readonly pair: PublishSocket | undefined;
  readonly dispatcher: Dispatcher;
}

/** How long `stop()` lets answers leave, in ms. */
const LINGER = 200;

/** The addresses to publish at, one a format. */
export const PUBLISH_OPTIONS = new OptionTable(optionChecks, 'the publish address', {
  topicFrame: option.other<string>('an address'),
  pair: option.other<string>('an address'),
} satisfies RowsOf<PublishAddresses>);

const STOPPING = 'the server is stopping';

/**
 * A server for Python's `RpcClient` of vnpy 3.0 and later, and for this package's.
 *
 * Nothing that a client sends ends it, blocks it, or is executed but a registered function: whatever is wrong with a
 * request is answered with a traceback.
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
  #internalErrors = 0;
  /** Of the dispatchers of earlier runs. */
  #refused = 0;
  #discarded = 0;

  /** @throws RpcUsageError if an option has no sense. */
  constructor(options: RpcServerOptions = {}) {
    this.#options = resolveServerOptions(options);
    this.#methods = new Methods(this.#options);
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
   * @param publishAddress - where events are published. A string: in the format of vnpy 4.5 and later. `{ pair }`: in
   *   that of vnpy 3.0 to 4.4. A client of the other kind gets nothing, and does not say so.
   * @throws RpcTransportError if an address cannot be bound, or zeromq cannot be loaded: nothing is left bound then.
   * @throws RpcUsageError if the server is active already, or the publish address is none of its forms.
   */
  async start(
    replyAddress = 'tcp://127.0.0.1:2014',
    publishAddress: PublishAddress = 'tcp://127.0.0.1:4102',
  ): Promise<void> {
    if (this.#phase !== 'idle') throw new RpcUsageError('ALREADY_STARTED', `the server is ${this.#phase} already`);

    const publish =
      typeof publishAddress === 'string' ? { topicFrame: publishAddress } : PUBLISH_OPTIONS.check(publishAddress);
    if (publish.topicFrame === undefined && publish.pair === undefined)
      throw new RpcUsageError('BAD_ARGUMENT', 'the publish address must name topicFrame, pair, or both');

    this.#phase = 'starting';
    this.#starting = this.#open(replyAddress, publish);
    try {
      this.#session = await this.#starting;
    } catch (error) {
      this.#phase = 'idle';
      throw error;
    }
    this.#phase = 'active';
    this.#publisher.start(this.#session);
    this.#announce(this.#session);
  }

  /** The addresses bound; undefined unless active. */
  get addresses(): ServerAddresses | undefined {
    const session = this.#session;
    return session === undefined
      ? undefined
      : {
          reply: session.reply.address,
          topicFrame: session.topicFrame?.address,
          pair: session.pair?.address,
        };
  }

  /**
   * Publishes an event: at once, without waiting. ZeroMQ drops it for subscribers that do not read (option
   * `publishHighWaterMark`); while the server is not active nobody gets it.
   * @throws PicklingError if the data cannot be written: it is published nowhere then.
   */
  publish(topic: string, data: unknown): void {
    this.#publisher.publish(checkTopic(topic), data);
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

  async #open(replyAddress: string, publish: PublishAddresses): Promise<Session> {
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
    const opened: (ReplySocket | PublishSocket)[] = [];
    try {
      const bindPublish = async (address: string | undefined): Promise<PublishSocket | undefined> => {
        const socket = address === undefined ? undefined : await sockets.bindPublish(address);
        opened.push(...(socket === undefined ? [] : [socket]));
        return socket;
      };
      const topicFrame = await bindPublish(publish.topicFrame);
      const pair = await bindPublish(publish.pair);
      const reply = await sockets.bindReply(replyAddress);
      const dispatcher = this.#createDispatcher(reply);
      reply.receive((frames) => {
        try {
          this.#receive(dispatcher, frames);
        } catch (cause) {
          this.#internalError(cause); // Whatever it is: thrown further, it would end the receiving, or the process.
        }
      });
      return { sockets, reply, topicFrame, pair, dispatcher };
    } catch (error) {
      await Promise.all(opened.map((socket) => socket.close()));
      sockets.close();
      throw error;
    }
  }

  #createDispatcher(reply: ReplySocket): Dispatcher {
    const delivered = (delivery: Delivery): boolean => {
      if (delivery === 'gone') this.#undeliverable++;
      else if (delivery === 'full') this.#unread++;

      return delivery !== 'gone';
    };
    const failed = (cause: unknown): boolean => {
      this.#internalError(cause);
      return true;
    };
    return new Dispatcher({
      ...this.#options,
      run: (body) => this.#methods.run(body),
      refuse: (reason) => this.#methods.failure(new Error(reason)),
      onError: (cause) => {
        this.#internalError(cause);
      },
      answer: (envelope, body) => reply.send([...envelope, body]).then(delivered, failed),
    });
  }

  #receive(dispatcher: Dispatcher, frames: Frames): void {
    this.#requests++;
    const message = splitEnvelope(frames);
    if (message === undefined) {
      this.#junk++; // Without an empty frame there is no request to answer.
      return;
    }
    // A request has one body; of any other number, none of them is right: let the decoder say so.
    const [body] = message.body;
    dispatcher.add(message.envelope, message.body.length === 1 && body !== undefined ? body : new Uint8Array());
  }

  #internalError(cause: unknown): void {
    this.#internalErrors++;
    this.#options.logger.error(`a request could not be handled: ${messageOf(cause)}`);
  }

  async #close(session: Session): Promise<void> {
    this.#phase = 'stopping';
    const { sockets, reply, topicFrame, pair, dispatcher } = session;
    await dispatcher.close(STOPPING, this.#options.gracePeriod);
    this.#publisher.stop();
    await Promise.all([reply.close(), topicFrame?.close(), pair?.close()]);
    sockets.close();
    this.#refused += dispatcher.refused;
    this.#discarded += dispatcher.discarded;
    this.#session = undefined;
    this.#stopping = undefined;
    this.#phase = 'idle';
    this.#options.logger.info('the server has stopped');
  }

  #announce({ reply, topicFrame, pair }: Session): void {
    const { logger, security } = this.#options;
    logger.info(`serving requests at ${reply.address}`);
    // A client of the other kind drops what it gets in silence, or loses its event thread: say it here, once.
    const reached = [
      topicFrame === undefined ? undefined : `clients of vnpy 4.5 and later at ${topicFrame.address}`,
      pair === undefined ? undefined : `clients of vnpy 3.0 to 4.4 at ${pair.address}`,
    ].filter((part) => part !== undefined);
    const missed = topicFrame === undefined ? 'vnpy 4.5 and later' : pair === undefined ? 'vnpy 3.0 to 4.4' : undefined;
    logger.info(
      `publishing events for ${reached.join(' and for ')}${missed === undefined ? '' : `; clients of ${missed} get no events`}`,
    );
    for (const socket of [reply, topicFrame, pair]) {
      if (socket !== undefined && security === undefined && isOpenToNetwork(socket.address)) {
        logger.warn(
          `${socket.address} is open to the whole network without security: whoever reaches it can call every function and read every event`,
        );
      }
    }
  }
}

function isOpenToNetwork(address: string): boolean {
  try {
    return bindsEveryInterface(parseAddress(address, 'bind'));
  } catch {
    return false; // An address of another transport.
  }
}
