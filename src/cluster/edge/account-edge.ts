/**
 * An edge with its account: streams, state folder, lease, journal and halts, put together and ended in order.
 *
 * @module
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { OWN_FOLDER } from '../../file-rights.js';
import { without } from '../../option-table.js';
import { acquireLock, StateStore } from '../../guard/internal.js';
import type { StateLock } from '../../guard/internal.js';
import type { Guard } from '../../guard/index.js';
import { guardedLogger } from '../../rpc/internal.js';
import type { Logger } from '../../rpc/index.js';
import type { TradingEngine } from '../../vnpy/index.js';
import { EdgeAccount } from '../account/account.js';
import type { Holding } from '../account/holding.js';
import type { Journal } from '../account/journal.js';
import { keyedGuard } from '../account/keyed-guard.js';
import { LEASE_TERMS } from '../account/lease.js';
import type { LeaseTerms } from '../account/lease.js';
import { ClusterTransportError } from '../errors.js';
import type { EdgeOptions } from '../options.js';
import { openTransport } from '../transport/open.js';
import type { ClusterTransport } from '../transport/transport.js';
import { streamPlans } from '../wire/streams.js';
import { Subjects } from '../wire/subjects.js';
import { Edge } from './edge.js';
import type { EdgeStatus } from './edge.js';
import type { JournalAnswer } from './intake.js';

/** Options of {@link AccountEdge.open}: those of Edge without what it makes itself, and what an account needs. */
export interface AccountEdgeOptions extends Omit<EdgeOptions, 'holding' | 'wrap' | 'lookup' | 'guard'> {
  /** The folder where the edge keeps who it is. Made when it is missing. */
  readonly state: string;
  readonly guard?: Guard;
  /** `none`: orders are not written down first. */
  readonly journal?: 'durable' | 'none';
  /** Times of the lease; every edge of an account has the same. */
  readonly lease?: Partial<LeaseTerms>;
  /** How many servers keep the streams. Default 1. */
  readonly replicas?: number;
}

/** An edge that holds its account by a lease. */
export class AccountEdge {
  readonly #edge: Edge;
  readonly #account: EdgeAccount;
  readonly #ends: readonly (() => Promise<void>)[];

  private constructor(edge: Edge, account: EdgeAccount, ends: readonly (() => Promise<void>)[]) {
    this.#edge = edge;
    this.#account = account;
    this.#ends = ends;
  }

  /**
   * Connects, makes what is missing, and takes the state folder. Nothing is served before {@link AccountEdge.start}.
   *
   * @throws {@link ClusterTransportError} where NATS cannot be used; StateError where another process has the folder.
   */
  static async open(engine: TradingEngine, options: AccountEdgeOptions): Promise<AccountEdge> {
    const { state, guard, journal, lease, replicas = 1, ...place } = options;
    const logger = guardedLogger(options.logger);
    const { cluster, account: name, edge } = place;
    const ends: (() => Promise<void>)[] = [];
    try {
      const lock = await lockFolder(state);
      ends.push(() => lock.release());
      const { open, ownsTransport } = openTransport(place, edge, logger);
      const transport = await open();
      if (ownsTransport) ends.push(() => transport.close());
      const subjects = new Subjects(cluster);
      await makeStreams(transport, subjects, { replicas, journal, logger });
      const account = await EdgeAccount.open({
        ...{ engine, store: transport, edge, guard, journal, logger },
        account: `${cluster}/${name}`,
        file: new StateStore(join(state, 'account.json')),
        terms: { ...LEASE_TERMS, ...lease },
        subjects: {
          lease: subjects.lease(name),
          record: subjects.account(name),
          journal: subjects.orders(name),
          order: (key) => subjects.order(name, key),
        },
      });
      const rest = without(place, 'servers', 'natsKeyFile', 'tls');
      const made = new Edge(engine, {
        ...rest,
        transport,
        holding: account.holding,
        wrap: () => account.engine,
        ...(guard === undefined ? {} : { guard: keyedGuard(guard, account.engine) }),
        ...(account.journal === undefined ? {} : { lookup: lookupIn(account.journal) }),
      });
      return new AccountEdge(made, account, ends);
    } catch (error) {
      await endAll(ends);
      throw error;
    }
  }

  /** Whether it holds the account, as an order that leaves looks at it. */
  get holding(): Holding {
    return this.#account.holding;
  }

  /** Begins to serve, and to take the account where it may. */
  async start(): Promise<void> {
    await this.#edge.start();
    this.#account.start();
  }

  /** How it is; undefined unless it runs. */
  status(): EdgeStatus | undefined {
    return this.#edge.status();
  }

  /** Gives the account back in order, and ends. The engine goes on. */
  async stop(): Promise<void> {
    await this.#account.stop();
    await this.#edge.stop();
    await endAll(this.#ends);
  }
}

async function endAll(ends: readonly (() => Promise<void>)[]): Promise<void> {
  for (const end of [...ends].reverse()) await end();
}

async function lockFolder(folder: string): Promise<StateLock> {
  await mkdir(folder, { recursive: true, mode: OWN_FOLDER });
  return acquireLock(folder);
}

interface StreamNeeds {
  readonly replicas: number;
  readonly journal: 'durable' | 'none' | undefined;
  readonly logger: Logger;
}

/** Makes what is missing. What differs is told: it is somebody's decision, or of an older version. */
async function makeStreams(
  transport: ClusterTransport,
  subjects: Subjects,
  { replicas, journal, logger }: StreamNeeds,
): Promise<void> {
  if (!transport.server.hasStreams) {
    throw new ClusterTransportError(
      'UNSUITABLE',
      `the NATS server ${transport.server.address} has no streams, and nobody can hold an account without: start it with ` +
        'JetStream, jetstream { sync_interval: always } in its configuration',
    );
  }
  const plans = streamPlans(subjects, { replicas });
  const needed = [plans.LEASE, plans.ACCT, ...(journal === 'none' ? [] : [plans.ORDLOG]), plans.LOG];
  for (const plan of needed) {
    const { differences } = await transport.ensureStream(plan);
    for (const difference of differences) logger.warn(`cluster: ${difference}`);
  }
  if (!transport.server.authRequired) {
    logger.warn(
      'cluster: if this NATS server has no sync_interval: always, a power failure can take a lease or an order back; ' +
        '"vnpy-bridge cluster config" prints a configuration that has it',
    );
  }
}

/** What the journal has of a key, for whoever has sent it. */
function lookupIn(journal: Journal): (key: string, principal: string) => Promise<JournalAnswer | undefined> {
  return async (key, principal) => {
    const entry = await journal.find(key);
    if (entry === undefined || (entry.principal !== '' && entry.principal !== principal)) return undefined;
    const { reference, result } = entry;
    if (result === undefined) return { state: 'open', reference };
    if (result.outcome === 'sent') return { state: 'sent', reference, vtOrderid: result.vtOrderid };
    return { state: result.outcome === 'unknown' ? 'unknown' : 'refused', reference, reason: result.reason };
  };
}
