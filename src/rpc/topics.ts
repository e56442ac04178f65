/**
 * Which topics a client wants, and what it asks of the SUB socket for them.
 *
 * @module
 */
import { HEARTBEAT_TOPIC, KEEP_ALIVE_TOPIC } from './protocol.js';

/**
 * How the heartbeats of one-part publishers begin. All of a heartbeat but its time is known beforehand, its length too. So a
 * client that wants no events can ask for these alone.
 */
const PAIR_HEARTBEATS = [
  // vnpy 3.0 to 4.4: pickle.dumps(['heartbeat', time.time()]) at protocol 4, and at 5 from Python 3.14.
  ...[4, 5].map((protocol) => [0x80, protocol, 0x95, 0x1a, 0, 0, 0, 0, 0, 0, 0, 0x5d, 0x94, 0x28, 0x8c, 9]),
].map((head) => latin1(head) + HEARTBEAT_TOPIC);

const PAIR_KEEP_ALIVES = [
  // vnpy 2.0.6 to 2.9: pickle.dumps(['_keep_alive', datetime.utcnow()]) on Python 3.7, and from 3.8.
  [0x80, 3, 0x5d, 0x71, 0, 0x28, 0x58, 11, 0, 0, 0],
  [0x80, 4, 0x95, 0x3c, 0, 0, 0, 0, 0, 0, 0, 0x5d, 0x94, 0x28, 0x8c, 11],
].map((head) => latin1(head) + KEEP_ALIVE_TOPIC);

/** Every one-part event starts with the opcode PROTO, and no UTF-8 text can: two-part publishers send nothing for it. */
const ANY_PAIR = latin1([0x80]);

/** The part of a SUB connection that topics need. */
export interface PrefixSink {
  subscribe(prefix: Uint8Array): void;
  unsubscribe(prefix: Uint8Array): void;
}

/** The topics of one client. A topic is a prefix, as in ZeroMQ: `''` is every topic. */
export class Topics {
  /** How many iterators hold each topic. */
  readonly #held = new Map<string, number>();
  readonly #explicit = new Set<string>();
  /** Every wanted topic once, for the check that each event passes. */
  #wanted: readonly string[] = [];
  #sink: PrefixSink | undefined;
  /** What the sink was asked for: bytes as Latin-1 text. */
  #asked: ReadonlySet<string> = new Set();

  /** Wants a topic until {@link remove}. */
  add(topic: string): void {
    this.#explicit.add(topic);
    this.#update();
  }

  remove(topic: string): void {
    this.#explicit.delete(topic);
    this.#update();
  }

  /** Wants a topic until the function that is returned is called. */
  hold(topic: string): () => void {
    this.#held.set(topic, (this.#held.get(topic) ?? 0) + 1);
    this.#update();
    let held = true;
    return () => {
      if (held) {
        held = false;
        const count = this.#held.get(topic) ?? 0;
        if (count > 1) this.#held.set(topic, count - 1);
        else this.#held.delete(topic);

        this.#update();
      }
    };
  }

  /** Whether anybody wants events of this topic. */
  wants(topic: string): boolean {
    for (const wanted of this.#wanted) if (topic.startsWith(wanted)) return true;

    return false;
  }

  /** Whether `subscribe()` asked for events of this topic: listeners get those, and iterators without a topic. */
  wantsExplicitly(topic: string): boolean {
    for (const wanted of this.#explicit) if (topic.startsWith(wanted)) return true;

    return false;
  }

  /** Asks a new connection for everything; undefined: there is none. */
  attach(sink: PrefixSink | undefined): void {
    this.#sink = sink;
    this.#asked = new Set();
    this.#update();
  }

  #update(): void {
    this.#wanted = [...new Set([...this.#explicit, ...this.#held.keys()])];
    if (this.#sink === undefined) return;

    const prefixes = this.#prefixes();
    for (const prefix of prefixes) if (!this.#asked.has(prefix)) this.#sink.subscribe(Buffer.from(prefix, 'latin1'));

    for (const prefix of this.#asked) if (!prefixes.has(prefix)) this.#sink.unsubscribe(Buffer.from(prefix, 'latin1'));

    this.#asked = prefixes;
  }

  #prefixes(): ReadonlySet<string> {
    if (this.#wanted.includes('')) return new Set(['']);

    if (this.#wanted.length === 0) return new Set([HEARTBEAT_TOPIC, ...PAIR_HEARTBEATS, ...PAIR_KEEP_ALIVES]);

    return new Set([HEARTBEAT_TOPIC, ANY_PAIR, ...this.#wanted.map((topic) => Buffer.from(topic).toString('latin1'))]);
  }
}

function latin1(bytes: readonly number[]): string {
  return Buffer.from(bytes).toString('latin1');
}
