/**
 * What a server logs while it is asked: vnpy's gateways give their reasons there, not in the answer.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import { RpcClient } from '../../../rpc/index.js';
import type { CommandContext } from '../../kit/command.js';
import { addressesOf, clientOptions } from './connection.js';
import { endAfter } from './end-after.js';
import { seeEvent } from '../events/see.js';

/** How long the publish address may take to answer, in ms. Nobody has to listen: without, the question is asked all the same. */
const PATIENCE = 1000;

/** A log event travels on another socket than the answer, and may come later, in ms. */
const GRACE = 250;

/** Messages that are kept: the last ones. */
const MOST = 20;

/** Listens to a server's log. */
export class ServerLog implements AsyncDisposable {
  readonly #client: RpcClient;
  #heard = false;
  #messages: string[] = [];

  private constructor(client: RpcClient) {
    this.#client = client;
    // Without a listener the process would be warned. That nobody answers is told by whoever asks for the messages.
    client.on('error', () => undefined);
    client.on('event', (event) => {
      const { item } = seeEvent(event);
      if (item?.kind === 'log') this.#messages = [...this.#messages, item.data.msg].slice(-MOST);
    });
  }

  /** Begins to listen. A publish address that nobody answers at is no error: nothing will be heard then. */
  static async open(context: CommandContext): Promise<ServerLog> {
    const { settings, signal } = context;
    // The client that asks has warned already.
    const client = new RpcClient(await clientOptions(context, () => Promise.resolve()));
    const log = new ServerLog(client);
    using ending = endAfter(signal, PATIENCE);
    // vnpy publishes everything under the empty topic: its log alone cannot be subscribed.
    client.subscribe('');
    try {
      const { request, subscribe } = addressesOf(settings);
      await client.start(request, subscribe);
      for await (const { state } of client.statuses({ signal: ending.signal })) {
        log.#heard = state === 'connected';
        if (state === 'connected' || state === 'disconnected') break;
      }
      return log;
    } catch (error) {
      await client.stop();
      throw error;
    }
  }

  /** Whether anybody answers at the publish address. */
  get isHeard(): boolean {
    return this.#heard;
  }

  /** What has been logged since {@link ServerLog.open}, once what is still on its way had time to come. */
  async messages(): Promise<readonly string[]> {
    await delay(GRACE);
    return this.#messages;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.stop();
  }
}
