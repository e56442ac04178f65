/**
 * Events told one after the other, also when a listener causes further ones.
 *
 * @module
 */
import { Emitter } from '../../rpc/internal.js';

/** One listener. An {@link Emitter} of its own knows what to do about one that throws. */
type Ear<T> = Emitter<{ event: [event: T] }>;

/** An event, and who has not heard it yet. */
interface Telling<T> {
  readonly event: T;
  readonly ears: readonly Ear<T>[];
  /** Index of the next one. */
  next: number;
}

/**
 * Tells events to listeners so that each hears all of them in their order, and that all have heard them when {@link
 * Narrator.tell} returns. A listener that causes an event itself therefore makes the others hear first what it is being told. A
 * plain emitter would tell them its consequence before its cause.
 */
export class Narrator<T> {
  readonly #report: (cause: unknown) => void;
  readonly #tellings: Telling<T>[] = [];
  #ears: readonly Ear<T>[] = [];

  /** @param report - is told of every listener that throws, or whose promise rejects. */
  constructor(report: (cause: unknown) => void) {
    this.#report = report;
  }

  /** Adds a listener; what is returned takes it away. */
  on(listener: (event: T) => void): () => void {
    const ear: Ear<T> = new Emitter({ event: true }, (_name, cause) => {
      this.#report(cause);
    });
    ear.on('event', listener);
    // A new array each time: those of the events that are being told never change.
    this.#ears = [...this.#ears, ear];
    return () => {
      ear.clear();
      this.#ears = this.#ears.filter((other) => other !== ear);
    };
  }

  /** Tells events, after those that are being told already. */
  tell(events: readonly T[]): void {
    for (const event of events) this.#tellings.push({ event, ears: this.#ears, next: 0 });
    for (let telling = this.#tellings[0]; telling !== undefined; telling = this.#tellings[0]) {
      const ear = telling.ears[telling.next];
      telling.next++;
      if (ear === undefined) this.#tellings.shift();
      else ear.emit('event', telling.event);
    }
  }
}
