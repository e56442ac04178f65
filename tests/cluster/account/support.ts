/**
 * A world with a time of its own: edges with clocks that may stand still, and a store of messages that may fail in every way
 * that a network and a server have.
 */
import { ClusterTransportError } from 'vnpy-bridge/cluster';
import type { StoredMessage } from 'vnpy-bridge/cluster';
import type { ClusterClock } from '../../../src/cluster/transport/clock.js';
import { AccountHolder } from '../../../src/cluster/account/holder.js';
import type { HoldingChange } from '../../../src/cluster/account/holding.js';
import { Lease } from '../../../src/cluster/account/lease.js';
import type { LeaseTerms } from '../../../src/cluster/account/lease.js';
import { AccountMemory } from '../../../src/cluster/account/memory.js';
import type { MemoryFile } from '../../../src/cluster/account/memory.js';
import { Records } from '../../../src/cluster/account/records.js';
import type { AccountStore, AccountSubjects } from '../../../src/cluster/account/store.js';
import type { MarkedJournal, RecoveryCall } from '../../../src/cluster/account/tenure.js';
import { silentLogger } from '../../../src/rpc/logger.js';

/** The times of the options, as they are. */
export const TERMS: LeaseTerms = { ttl: 10_000, renew: 2000, grace: 10_000, timeout: 2000 };

export const SUBJECTS: AccountSubjects = {
  lease: 'lease.A',
  record: 'acct.A',
  journal: 'ordlog.A.*',
  order: (key) => `ordlog.A.${key}`,
};

interface Timer {
  readonly at: number;
  readonly call: () => void;
}

/** Time, and what happens in it. */
export class World {
  now = 1000;
  /** Called after everything that happens. */
  onStep: () => void = () => undefined;
  #timers: Timer[] = [];

  /** @returns what takes it back. */
  at(ms: number, call: () => void): () => void {
    const timer = { at: this.now + ms, call };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Lets time pass. */
  async advance(ms: number): Promise<void> {
    const end = this.now + ms;
    await settle();
    for (;;) {
      let next: Timer | undefined;
      for (const timer of this.#timers) if (next === undefined || timer.at < next.at) next = timer;
      if (next === undefined || next.at > end) break;
      const due = next;
      this.#timers = this.#timers.filter((other) => other !== due);
      this.now = Math.max(this.now, due.at);
      due.call();
      await settle();
      this.onStep();
    }
    this.now = end;
  }
}

/** Everything that waits for nothing but promises is done, and what the next turn of the program was left for. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}

/** The clocks of one edge. */
export class EdgeClock implements ClusterClock {
  readonly #world: World;
  /** How far the wall clock is set from the right time. */
  wallOffset = 0;
  /** How long the machine has slept: the monotonic clock stood still. */
  slept = 0;
  #waiting: (() => void)[] | undefined;

  constructor(world: World) {
    this.#world = world;
  }

  now(): number {
    return this.#world.now - this.slept;
  }

  wall(): number {
    return 1_700_000_000_000 + this.#world.now + this.wallOffset;
  }

  after(ms: number, call: () => void): () => void {
    let isWanted = true;
    const takeBack = this.#world.at(ms, () => {
      this.run(() => {
        if (isWanted) call();
      });
    });
    return () => {
      isWanted = false;
      takeBack();
    };
  }

  /** Does something as soon as the edge runs. */
  run(call: () => void): void {
    if (this.#waiting === undefined) call();
    else this.#waiting.push(call);
  }

  get isFrozen(): boolean {
    return this.#waiting !== undefined;
  }

  /** SIGSTOP. */
  freeze(): void {
    this.#waiting ??= [];
  }

  /** SIGCONT. */
  thaw(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const call of waiting) call();
  }
}

/** What the network does to one call. Infinite: it is lost. */
export interface Fault {
  /** How long it takes to the server, in ms. */
  readonly there: number;
  /** How long the answer takes. */
  readonly back: number;
}

const GOOD: Fault = { there: 1, back: 1 };

/** A server of messages. Streams are the first tokens of the subjects. */
export class FakeStore {
  readonly world: World;
  readonly messages = new Map<string, (StoredMessage & { readonly expires: number })[]>();
  readonly #seqs = new Map<string, number>();
  readonly #subscribers = new Set<{ readonly pattern: string; readonly hear: (subject: string) => void }>();
  /** What happens to the next call. */
  fault: (call: { readonly edge: string; readonly subject: string; readonly kind: string }) => Fault = () => GOOD;
  /** Streams of which every edge sees one of its own. */
  readonly split = new Set<string>();
  /** Streams in which it takes every write, whoever was first. */
  readonly lax = new Set<string>();

  constructor(world: World) {
    this.world = world;
  }

  stream(name: string): readonly StoredMessage[] {
    return (this.messages.get(name) ?? []).filter(({ expires }) => expires > this.world.now);
  }

  lastOf(subject: string): StoredMessage | undefined {
    return this.stream(tokenOf(subject)).findLast((message) => message.subject === subject);
  }

  /** An old copy of a stream is put back. */
  rollBack(name: string, to: number): void {
    this.messages.set(
      name,
      (this.messages.get(name) ?? []).filter(({ seq }) => seq <= to),
    );
    this.#seqs.set(name, Math.min(to, this.#seqs.get(name) ?? 0));
  }

  seqOf(name: string): number {
    return this.#seqs.get(name) ?? 0;
  }

  append(subject: string, payload: Uint8Array, expectedLast: number | undefined, ttl: number | undefined): number {
    const name = tokenOf(subject);
    const last = this.lastOf(subject)?.seq ?? 0;
    if (expectedLast !== undefined && expectedLast !== last && !this.lax.has(name))
      throw new ClusterTransportError('CONFLICT', `${expectedLast} was expected, and ${last} is the last`);
    const seq = this.seqOf(name) + 1;
    this.#seqs.set(name, seq);
    const expires = this.world.now + (ttl ?? Infinity);
    const stored = { subject, payload: Uint8Array.from(payload), headers: {}, seq, storedAt: this.world.now, expires };
    this.messages.set(name, [...(this.messages.get(name) ?? []), stored]);
    return seq;
  }

  /** The server as one edge reaches it. */
  client(edge: string, clock: EdgeClock): AccountStore {
    const own = (subject: string): string => (this.split.has(tokenOf(subject)) ? `${edge}-${subject}` : subject);
    const call = <Result>(kind: string, subject: string, timeout: number, work: () => Result): Promise<Result> => {
      const { there, back } = this.fault({ edge, subject, kind });
      return new Promise((resolve, reject) => {
        const takeBack = clock.after(timeout, () => {
          reject(new ClusterTransportError('TIMEOUT', `no answer to ${kind} ${subject}`));
        });
        const answer = (settled: () => void): void => {
          if (back === Infinity) return;
          this.world.at(back, () => {
            clock.run(() => {
              takeBack();
              settled();
            });
          });
        };
        if (there === Infinity) return;
        this.world.at(there, () => {
          try {
            const result = work();
            answer(() => {
              resolve(result);
            });
          } catch (error) {
            answer(() => {
              reject(error instanceof Error ? error : new Error(String(error)));
            });
          }
        });
      });
    };
    const all = (pattern: string, from: number): readonly StoredMessage[] =>
      this.stream(tokenOf(pattern)).filter(({ subject, seq }) => seq >= from && matches(pattern, subject));
    return {
      append: (subject, payload, { expectedLast, ttl, timeout }) => {
        for (const { pattern, hear } of this.#subscribers) if (matches(pattern, subject)) hear(subject);
        return call('append', subject, timeout, () => this.append(own(subject), payload, expectedLast, ttl));
      },
      last: (subject, { timeout }) => call('last', subject, timeout, () => this.lastOf(own(subject))),
      history: async function* (pattern, { from = 0, timeout }) {
        yield* await call('history', pattern, timeout, () => all(pattern, from));
      },
      subscribe: (pattern, listener) => {
        const subscriber = {
          pattern,
          hear: (subject: string) => {
            this.world.at(1, () => {
              clock.run(() => {
                listener({ subject, payload: new Uint8Array(), headers: {}, reply: undefined });
              });
            });
          },
        };
        this.#subscribers.add(subscriber);
        return {
          close: () => {
            this.#subscribers.delete(subscriber);
          },
        };
      },
    };
  }
}

function tokenOf(subject: string): string {
  return subject.split('.')[0] ?? '';
}

function matches(pattern: string, subject: string): boolean {
  return pattern.endsWith('*') ? subject.startsWith(pattern.slice(0, -1)) : pattern === subject;
}

/** A file in memory. */
export function memoryFile(): MemoryFile & { value: unknown } {
  return {
    value: undefined,
    read() {
      return Promise.resolve(
        this.value === undefined ? { kind: 'missing' as const } : { kind: 'value' as const, value: this.value },
      );
    },
    write(value) {
      this.value = JSON.parse(JSON.stringify(value)) as unknown;
      return Promise.resolve();
    },
  };
}

/** A journal without orders. */
export const NO_JOURNAL: MarkedJournal = {
  isEmpty: () => Promise.resolve(true),
  missing: () => Promise.resolve(undefined),
  mark: undefined,
};

/** One run of an edge. */
export interface EdgeRun {
  readonly name: string;
  readonly clock: EdgeClock;
  readonly holder: AccountHolder;
  readonly lease: Lease;
  readonly records: Records;
  readonly memory: AccountMemory;
  readonly changes: HoldingChange[];
}

let boots = 0;

/** Starts an edge. */
export async function startEdge(
  store: FakeStore,
  name: string,
  more: {
    readonly file?: MemoryFile;
    readonly journal?: MarkedJournal;
    readonly terms?: LeaseTerms;
    readonly recover?: (call: RecoveryCall) => Promise<void>;
    readonly drain?: () => Promise<boolean>;
    readonly accepts?: (by: string, why: string) => void;
  } = {},
): Promise<EdgeRun> {
  const clock = new EdgeClock(store.world);
  const client = store.client(name, clock);
  const terms = more.terms ?? TERMS;
  const memory = await AccountMemory.open(more.file ?? memoryFile(), 'test A');
  const self = { edge: name, identity: memory.facts.identity, boot: `boot-${boots++}` };
  const lease = new Lease({ store: client, subject: SUBJECTS.lease, self, clock, terms });
  const records = new Records({ store: client, subject: SUBJECTS.record, clock, timeout: terms.timeout });
  const holder = new AccountHolder({
    clock,
    terms,
    self,
    lease,
    records,
    memory,
    journal: more.journal ?? NO_JOURNAL,
    logger: silentLogger,
    recover: more.recover ?? (() => Promise.resolve()),
    drain: more.drain ?? (() => Promise.resolve(true)),
    accepts: more.accepts ?? (() => undefined),
  });
  const changes: HoldingChange[] = [];
  holder.onChange((change) => changes.push(change));
  holder.start();
  return { name, clock, holder, lease, records, memory, changes };
}
