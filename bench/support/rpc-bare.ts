/**
 * zeromq.js alone: the same traffic as a client's with constant bytes, nothing encoded, decoded, counted or watched.
 * What it reaches is the most that anything built on zeromq.js can reach with the same peer.
 *
 * @module
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Dealer, Subscriber } from 'zeromq';
import { dumps, Tuple } from 'vnpy-bridge/pickle';

/** Messages after which the event loop gets its turn, as it has to in any real program. */
const SLICE = 256;

/** Asks for `add(1, 2)` again and again. */
export class BareCaller implements Disposable {
  readonly #socket = new Dealer({ immediate: true, sendTimeout: 0, linger: 0 });
  readonly #request = [Buffer.alloc(6), Buffer.alloc(0), Buffer.from(dumps(['add', Tuple.of(1, 2), {}]))];

  constructor(address: string) {
    this.#socket.connect(address);
  }

  /** Keeps so many requests on their way until `end`, by performance.now(); gives the ms that each took. */
  async run(inFlight: number, end: number): Promise<number[]> {
    const began: number[] = [];
    const took: number[] = [];
    for (let count = 0; count < inFlight; count++) {
      began.push(performance.now());
      await this.#socket.send(this.#request);
    }
    while (took.length < began.length) {
      await this.#socket.receive();
      const now = performance.now();
      took.push(now - (began[took.length] ?? NaN)); // A server answers one client in order.
      if (now < end) {
        began.push(now);
        void this.#socket.send(this.#request);
      }
      if (took.length % SLICE === 0) await nextTurn();
    }
    return took;
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}

/** Receives messages and drops them; tells of each. */
export class BareListener implements Disposable {
  readonly #socket = new Subscriber({ receiveHighWaterMark: 50_000, linger: 0 });
  onMessage: () => void = () => undefined;

  constructor(address: string, topic: string) {
    this.#socket.connect(address);
    this.#socket.subscribe(topic);
    void this.#receive();
  }

  async #receive(): Promise<void> {
    for (let count = 1; !this.#socket.closed; count++) {
      try {
        await this.#socket.receive();
      } catch {
        return; // Closed.
      }
      this.onMessage();
      if (count % SLICE === 0) await nextTurn();
    }
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}
