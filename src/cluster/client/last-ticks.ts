/**
 * Answers to `get_tick` and `get_all_ticks` from the last values that the server keeps: the edge need not be asked.
 *
 * @module
 */
import { Pickler, Unpickler } from '../../pickle/index.js';
import { Event, TickData, vnpyRegistry } from '../../vnpy/index.js';
import type { ClusterClock } from '../transport/clock.js';
import type { ClusterTransport, StoredMessage } from '../transport/transport.js';
import type { Welcome } from '../wire/hello.js';
import { PICKLED_EVENT, PREFIX_BYTES, readPrefix } from '../wire/prefix.js';
import type { Subjects } from '../wire/subjects.js';

/** How long the server may take, in ms: after that the edge is asked. */
const TIMEOUT = 1000;
/** How long the server is not asked after it has not answered, in ms; twice as long each time. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 60_000;
/** Symbols that are asked for together. */
const BATCH = 1000;

interface Asked {
  readonly subject: string;
  readonly resolve: (tick: TickData | undefined) => void;
}

/** What it needs. */
export interface LastTickParts {
  readonly subjects: Subjects;
  readonly account: string;
  readonly clock: ClusterClock;
  readonly transport: () => ClusterTransport | undefined;
  readonly session: () => Welcome | undefined;
}

/** One for all clients: they keep nothing of one pickle for the next, and their tables take 110 KiB. */
const unpickler = new Unpickler({ registry: vnpyRegistry });
const pickler = new Pickler({ registry: vnpyRegistry });

/** The last tick of each symbol, as the server keeps them. */
export class LastTicks {
  readonly #parts: LastTickParts;
  #asked: Asked[] = [];
  /** The server has no last values, or does not give them to this user; or it was just away. Then it is asked again. */
  #failed: { readonly session: Welcome | undefined; readonly pause: number; readonly until: number } | undefined;

  constructor(parts: LastTickParts) {
    this.#parts = parts;
  }

  /** The answer to `get_tick`, as an edge would write it; undefined where the edge has to be asked. */
  async answer(args: readonly unknown[]): Promise<Uint8Array | undefined> {
    const subject = this.#subjectOf(args[0]);
    if (args.length !== 1 || subject === undefined || this.#isPausing()) return undefined;
    const tick = await new Promise<TickData | undefined>((resolve) => {
      this.#asked.push({ subject, resolve });
      // All that are asked for in one turn go together: a thousand symbols are subscribed by one question.
      if (this.#asked.length === 1) setImmediate(() => void this.#ask());
    });
    return tick === undefined ? undefined : pickler.dump([true, tick]);
  }

  async #ask(): Promise<void> {
    const asked = this.#asked;
    this.#asked = [];
    for (let at = 0; at < asked.length; at += BATCH) await this.#askFor(asked.slice(at, at + BATCH));
  }

  async #askFor(asked: readonly Asked[]): Promise<void> {
    const found = new Map<string, TickData>();
    try {
      const subjects = [...new Set(asked.map(({ subject }) => subject))];
      const stored = await this.#parts.transport()?.lasts(subjects, { timeout: TIMEOUT });
      for (const message of stored ?? []) {
        const tick = this.#tickOf(message);
        if (tick !== undefined) found.set(message.subject, tick);
      }
      if (stored !== undefined) this.#failed = undefined;
    } catch {
      this.#pause(); // The edge knows the ticks as well.
    }
    for (const { subject, resolve } of asked) resolve(found.get(subject));
  }

  #pause(): void {
    const pause = Math.min(LONGEST_PAUSE, 2 * (this.#failed?.pause ?? FIRST_PAUSE / 2));
    this.#failed = { session: this.#parts.session(), pause, until: this.#parts.clock.now() + pause };
  }

  /** After another connection it is worth a try at once. */
  #isPausing(): boolean {
    if (this.#failed === undefined) return false;
    return this.#failed.session === this.#parts.session() && this.#parts.clock.now() < this.#failed.until;
  }

  /** The tick of a stored message, if it is of the run and lease of the present edge: an older one may be of yesterday. */
  #tickOf({ payload }: StoredMessage): TickData | undefined {
    const prefix = readPrefix(payload);
    const session = this.#parts.session();
    if (prefix?.encoding !== PICKLED_EVENT || session === undefined) return undefined;
    if (prefix.epoch !== session.epoch || prefix.boot !== session.boot) return undefined;
    try {
      const event = unpickler.load(payload.subarray(PREFIX_BYTES));
      return event instanceof Event && event.data instanceof TickData ? event.data : undefined;
    } catch {
      return undefined; // No edge writes so: the edge is asked.
    }
  }

  #subjectOf(vtSymbol: unknown): string | undefined {
    if (typeof vtSymbol !== 'string') return undefined;
    const dot = vtSymbol.lastIndexOf('.');
    const { subjects, account } = this.#parts;
    return dot <= 0 ? undefined : subjects.tick(account, vtSymbol.slice(dot + 1), vtSymbol.slice(0, dot));
  }
}
