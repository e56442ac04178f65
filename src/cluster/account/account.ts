/**
 * Everything that an edge has of its account, put together.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import type { SharedHalts } from '../../guard/index.js';
import type { Logger } from '../../rpc/index.js';
import type { TradingEngine } from '../../vnpy/index.js';
import { SYSTEM_CLOCK } from '../transport/clock.js';
import type { ClusterClock } from '../transport/clock.js';
import { cancelWorking } from './cancel-working.js';
import { AccountHalts } from './halts.js';
import { AccountHolder } from './holder.js';
import type { Holding } from './holding.js';
import { Journal } from './journal.js';
import { Lease } from './lease.js';
import type { LeaseTerms } from './lease.js';
import { LeasedEngine } from './leased-engine.js';
import { AccountMemory } from './memory.js';
import type { MemoryFile } from './memory.js';
import { Records } from './records.js';
import { Recovery } from './recovery.js';
import type { RecoveryGuard } from './recovery.js';
import type { AccountStore, AccountSubjects } from './store.js';
import type { MarkedJournal } from './tenure.js';

/** A guard, as an account is connected with it. `Guard` is one. */
export interface AccountGuard extends RecoveryGuard {
  readonly sharedHalts: SharedHalts;
}

/** What an account works with. */
export interface AccountParts {
  readonly engine: TradingEngine;
  readonly store: AccountStore;
  readonly subjects: AccountSubjects;
  /** Cluster and account, as the file of the memory names them. */
  readonly account: string;
  /** The name of the edge. */
  readonly edge: string;
  /** A `StateStore`, in the state folder of the edge. One process at a time may have it: take the folder's lock first. */
  readonly file: MemoryFile;
  readonly guard?: AccountGuard | undefined;
  readonly terms: LeaseTerms;
  /** Default `durable`: an order that cannot be written down is refused. */
  readonly journal?: 'durable' | 'none' | undefined;
  /** Whether an order is answered only when what became of it is written down. Default false. */
  readonly waitsForResult?: boolean | undefined;
  /** How many orders are remembered here. Default 200,000. */
  readonly remember?: number | undefined;
  /** How long orders under way are waited for when the account is given back, in ms. Default 10,000. */
  readonly drain?: number | undefined;
  /** How long orders that were answered may stay away from the server's list after a takeover, in ms. Default 10,000. */
  readonly settle?: number | undefined;
  readonly clock?: ClusterClock | undefined;
  readonly logger: Logger;
  /** Of this run. Default: made. */
  readonly boot?: string | undefined;
}

const DAY = 86_400_000;
/** How much of the journal is read after a takeover: a trading day begins on the evening before. */
const SPAN = 1.25 * DAY;
/** How long the stream keeps orders at least. */
const RETENTION = 7 * DAY;
const REMEMBERED = 200_000;
const DRAIN = 10_000;
const SETTLE = 10_000;

/** Nothing was written down: nothing can be missing. */
const WITHOUT: MarkedJournal = {
  isEmpty: () => Promise.resolve(true),
  missing: () => Promise.resolve(undefined),
  mark: undefined,
};

/** An account, at one edge. */
export class EdgeAccount {
  /** Whether this edge holds it. */
  readonly holding: Holding;
  /** The engine that does something only while it does. A guard stands before it, and `keyedGuard` before the guard. */
  readonly engine: LeasedEngine;
  readonly halts: AccountHalts;
  readonly records: Records;
  readonly recovery: Recovery;
  /** Undefined for `journal: 'none'`. */
  readonly journal: Journal | undefined;
  readonly memory: AccountMemory;
  /** Of this run. */
  readonly boot: string;
  readonly #holder: AccountHolder;

  private constructor(parts: AccountParts, memory: AccountMemory) {
    const { store, subjects, terms, edge, logger, clock = SYSTEM_CLOCK, guard } = parts;
    const { timeout, renew } = terms;
    const boot = (this.boot = parts.boot ?? randomBytes(8).toString('hex'));
    const self = { edge, identity: memory.facts.identity, boot };
    this.memory = memory;
    const records = (this.records = new Records({ store, subject: subjects.record, clock, timeout }));
    const journal = (this.journal =
      parts.journal === 'none'
        ? undefined
        : new Journal({
            store,
            subjects,
            clock,
            logger,
            timeout,
            limit: parts.remember ?? REMEMBERED,
            retention: RETENTION,
            onLoss: (reason) => {
              this.#holder.halt(reason);
            },
          }));
    const lease = new Lease({ store, subject: subjects.lease, self, clock, terms });
    const holder = (this.#holder = new AccountHolder({
      clock,
      terms,
      self,
      lease,
      records,
      memory,
      journal: journal ?? WITHOUT,
      logger,
      recover: (call) => this.recovery.run(call),
      drain: () => this.engine.drain(parts.drain ?? DRAIN),
      accepts: (by, why) => {
        this.recovery.accept(by, why);
      },
    }));
    this.holding = holder;
    this.halts = new AccountHalts({
      records,
      clock,
      logger,
      guard: guard?.sharedHalts,
      holding: holder,
      cancel: (halt) =>
        cancelWorking(halt, {
          engine: this.engine,
          ownerOf: (id) => this.journal?.index.withId(id)?.principal,
          settled: (ms) => this.engine.answered(ms),
          clock,
          logger,
        }),
      known: memory.facts.halts,
      remember: (halts) => memory.save({ halts }),
    });
    this.engine = new LeasedEngine({
      engine: parts.engine,
      holding: holder,
      journal,
      halts: this.halts,
      clock,
      logger,
      edge,
      waitsForResult: parts.waitsForResult ?? false,
    });
    this.recovery = new Recovery({
      engine: this.engine,
      journal,
      records,
      memory,
      clock,
      logger,
      edge,
      span: SPAN,
      settle: parts.settle ?? SETTLE,
      interval: renew,
      isUnderWay: (key) => this.engine.isUnderWay(key),
      guard,
    });
  }

  /**
   * Reads what the edge remembers. Nothing is taken before {@link EdgeAccount.start}.
   *
   * @throws Error where the memory cannot be used.
   */
  static async open(parts: AccountParts): Promise<EdgeAccount> {
    return new EdgeAccount(parts, await AccountMemory.open(parts.file, parts.account));
  }

  /** Begins: takes the account where it may. */
  start(): void {
    this.#holder.start();
  }

  /** Gives the account back in order, where it is held, and ends. May be called again. */
  async stop(reason?: string): Promise<void> {
    await this.#holder.stop(reason);
    this.halts.close();
  }
}
