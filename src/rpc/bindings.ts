/**
 * The sockets that a server has bound: those of its start, and those at further addresses.
 *
 * @module
 */
import { RpcUsageError } from './errors.js';
import type { Gate } from './gate.js';
import type { PublishSockets } from './publisher.js';
import type { PublishSocket, ReplySocket, ServerSockets } from './transport.js';

/** Addresses to bind together. */
export interface Wanted {
  readonly reply: string | undefined;
  /** For clients of vnpy 4.5 and later. */
  readonly topicFrame: string | undefined;
  /** For clients of vnpy 3.0 to 4.4. */
  readonly pair: string | undefined;
}

/** Sockets that were bound together. */
export interface Bound {
  readonly reply: ReplySocket | undefined;
  readonly topicFrame: PublishSocket | undefined;
  readonly pair: PublishSocket | undefined;
}

/** Binds, and closes all together. */
export class Bindings implements PublishSockets {
  readonly topicFrame: PublishSocket[] = [];
  readonly pair: PublishSocket[] = [];
  readonly #replies: ReplySocket[] = [];
  readonly #sockets: ServerSockets;
  readonly #gate: Gate;
  readonly #receive: (reply: ReplySocket) => void;
  /** What is being bound. */
  readonly #binding = new Set<Promise<Bound>>();
  #isClosed = false;

  /** @param receive - Begins to receive from a socket for requests. */
  constructor(sockets: ServerSockets, gate: Gate, receive: (reply: ReplySocket) => void) {
    this.#sockets = sockets;
    this.#gate = gate;
    this.#receive = receive;
  }

  /** @throws RpcTransportError if an address cannot be bound: none of them is left bound then. */
  async bind(wanted: Wanted): Promise<Bound> {
    const binding = this.#bind(wanted);
    this.#binding.add(binding);
    try {
      return await binding;
    } finally {
      this.#binding.delete(binding);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#binding);
    await Promise.all([...this.#replies, ...this.topicFrame, ...this.pair].map((socket) => socket.close()));
    this.#sockets.close();
  }

  async #bind(wanted: Wanted): Promise<Bound> {
    const opened: (ReplySocket | PublishSocket)[] = [];
    const bound = async <Socket extends ReplySocket | PublishSocket>(
      address: string | undefined,
      bind: (address: string) => Promise<Socket>,
    ): Promise<Socket | undefined> => {
      if (address === undefined) return undefined;
      const socket = await bind(address);
      opened.push(socket);
      return socket;
    };
    const subscribe = this.#gate.of('subscribe');
    const subscribePair = this.#gate.of('subscribePair');
    try {
      const topicFrame = await bound(wanted.topicFrame, (address) => this.#sockets.bindPublish(address, subscribe));
      const pair = await bound(wanted.pair, (address) => this.#sockets.bindPublish(address, subscribePair));
      const reply = await bound(wanted.reply, (address) => this.#sockets.bindReply(address, this.#gate.of('request')));
      if (this.#isClosed) throw new RpcUsageError('NOT_STARTED', 'the server was stopped meanwhile');
      if (reply !== undefined) {
        this.#replies.push(reply);
        this.#receive(reply);
      }
      if (topicFrame !== undefined) this.topicFrame.push(topicFrame);
      if (pair !== undefined) this.pair.push(pair);
      return { reply, topicFrame, pair };
    } catch (error) {
      await Promise.all(opened.map((socket) => socket.close()));
      throw error;
    }
  }
}
