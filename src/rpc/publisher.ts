/**
 * Publishes events and heartbeats, in one of the two formats or in both.
 *
 * @module
 */
import { PyFloat, Pickler } from '../pickle/index.js';
import type { DumpsOptions } from '../pickle/index.js';
import { encodePairEvent, encodeTopicFrameEvent, HEARTBEAT_TOPIC } from './protocol.js';
import type { OutgoingEvent, PublishSocket } from './transport.js';

/** The sockets of a running publisher. */
export interface PublishSockets {
  /** For clients of vnpy 4.5 and later. */
  readonly topicFrame: readonly PublishSocket[];
  /** For clients of vnpy 3.0 to 4.4. */
  readonly pair: readonly PublishSocket[];
}

/** Publishes while it has sockets. */
export class Publisher {
  readonly #pickler: Pickler;
  readonly #heartbeatInterval: number;
  #sockets: PublishSockets | undefined;
  #timer: NodeJS.Timeout | undefined;
  #published = 0;
  #dropped = 0;
  #heartbeats = 0;

  constructor(dumps: DumpsOptions, heartbeatInterval: number) {
    this.#pickler = new Pickler(dumps);
    this.#heartbeatInterval = heartbeatInterval;
  }

  get published(): number {
    return this.#published;
  }

  get dropped(): number {
    return this.#dropped;
  }

  get heartbeats(): number {
    return this.#heartbeats;
  }

  start(sockets: PublishSockets): void {
    this.#sockets = sockets;
    this.#timer = setInterval(() => {
      this.#beat();
    }, this.#heartbeatInterval);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#sockets = undefined;
  }

  /**
   * @param audience - Gives the principals that get it, undefined for all.
   * @throws PicklingError if the data cannot be written; nothing is published then.
   */
  publish(topic: string, data: unknown, audience?: () => ReadonlySet<string> | undefined): void {
    if (this.#sockets === undefined) {
      this.#dropped++;
      return;
    }
    this.#send(this.#sockets, topic, data, audience?.());
    this.#published++;
  }

  #beat(): void {
    if (this.#sockets !== undefined) {
      this.#send(this.#sockets, HEARTBEAT_TOPIC, new PyFloat(Date.now() / 1000));
      this.#heartbeats++;
    }
  }

  #send({ topicFrame, pair }: PublishSockets, topic: string, data: unknown, to?: ReadonlySet<string>): void {
    const event: OutgoingEvent = { topic, data };
    const wants = (socket: PublishSocket): boolean => socket.wants?.(event) !== false;
    // Both are written before either is sent: what cannot be written is published nowhere.
    const frames = topicFrame.some(wants) ? encodeTopicFrameEvent(this.#pickler, topic, data) : undefined;
    const single = pair.some(wants) ? encodePairEvent(this.#pickler, topic, data) : undefined;
    if (frames !== undefined) for (const socket of topicFrame) if (wants(socket)) socket.send(frames, to, event);

    if (single !== undefined) for (const socket of pair) if (wants(socket)) socket.send(single, to, event);
  }
}
