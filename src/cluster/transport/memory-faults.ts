/**
 * What may go wrong on the way, for memory-transport.ts.
 *
 * @module
 */
import { matches } from './patterns.js';

/**
 * Where a message is. From a client to the server it is `publish`, or `append` for a stream. From the server to a client it is
 * `deliver`, or `acknowledge` for what was appended.
 */
export type MemoryStage = 'publish' | 'append' | 'deliver' | 'acknowledge';

/** Which messages a fault meets. */
export interface MemoryFaultOptions {
  /** Default: on its way to the server, `publish`. */
  readonly stage?: MemoryStage;
  /** By whom it was published or appended, or to whom it is delivered. Default: whoever. */
  readonly client?: string;
  /** How many of them. Default: all, until {@link MemoryFault.end}. */
  readonly times?: number;
}

/** A message on its way. */
export interface Passage {
  readonly stage: MemoryStage;
  readonly subject: string;
  readonly client: string;
}

/** A fault that was made. */
export interface MemoryFault {
  /** How many messages it has met. */
  readonly met: number;
  /** Lets what is held go on, `reversed` the last first. */
  release(order?: 'same' | 'reversed'): void;
  /** Meets nothing more; what is held stays held. */
  end(): void;
}

/** All faults of one cluster. */
export class Faults {
  readonly #faults = new Set<Fault>();

  add(kind: 'drop' | 'hold', pattern: string, options: MemoryFaultOptions): MemoryFault {
    const fault = new Fault(kind, pattern, options, (ended) => this.#faults.delete(ended));
    this.#faults.add(fault);
    return fault;
  }

  /** Lets a message pass, or not now, or never. */
  pass(passage: Passage, go: () => void): void {
    for (const fault of this.#faults) {
      if (!fault.meets(passage)) continue;
      fault.take(go);
      return;
    }
    go();
  }
}

class Fault implements MemoryFault {
  met = 0;
  readonly #kind: 'drop' | 'hold';
  readonly #pattern: string;
  readonly #options: MemoryFaultOptions;
  readonly #ended: (fault: Fault) => void;
  #held: (() => void)[] = [];

  constructor(kind: 'drop' | 'hold', pattern: string, options: MemoryFaultOptions, ended: (fault: Fault) => void) {
    this.#kind = kind;
    this.#pattern = pattern;
    this.#options = options;
    this.#ended = ended;
  }

  meets({ stage, subject, client }: Passage): boolean {
    const { stage: wanted = 'publish', client: who = client } = this.#options;
    return stage === wanted && client === who && matches(this.#pattern, subject);
  }

  take(go: () => void): void {
    this.met++;
    if (this.#kind === 'hold') this.#held.push(go);
    if (this.met >= (this.#options.times ?? Infinity)) this.end();
  }

  release(order: 'same' | 'reversed' = 'same'): void {
    const held = this.#held;
    this.#held = [];
    if (order === 'reversed') held.reverse();
    for (const go of held) go();
  }

  end(): void {
    this.#ended(this);
  }
}
