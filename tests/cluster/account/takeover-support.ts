/**
 * Edges of one account with real guards, over a cluster in memory. All of them see the orders of one broker, as vnpy servers with
 * logins of the same account do.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { Guard } from 'vnpy-bridge/guard';
import type { OrderRequest, TradingEngine } from 'vnpy-bridge/vnpy';
import { EdgeAccount } from '../../../src/cluster/account/account.js';
import { keyedGuard } from '../../../src/cluster/account/keyed-guard.js';
import type { MemoryFile } from '../../../src/cluster/account/memory.js';
import { Records } from '../../../src/cluster/account/records.js';
import { MemoryCluster } from '../../../src/cluster/transport/memory-transport.js';
import type { ClusterTransport } from '../../../src/cluster/transport/transport.js';
import { streamPlans } from '../../../src/cluster/wire/streams.js';
import { Subjects } from '../../../src/cluster/wire/subjects.js';
import { silentLogger } from '../../../src/rpc/logger.js';
import { ScriptedEngine, account, order } from '../../vnpy/support.js';
import { ManualClock, settled } from '../support/manual-clock.js';
import { TERMS, memoryFile } from './support.js';

const CLUSTER = new Subjects('desk');
const SUBJECTS = {
  lease: CLUSTER.lease('ctp'),
  record: CLUSTER.account('ctp'),
  journal: CLUSTER.orders('ctp'),
  order: (key: string) => CLUSTER.order('ctp', key),
};

/** One run of an edge. */
export interface GuardedEdge {
  readonly account: EdgeAccount;
  readonly guard: Guard | undefined;
  /** Sends an order as a principal, under a key. */
  readonly send: (principal: string, request: OrderRequest, key: string) => Promise<string>;
  readonly cancel: (principal: string, orderid: string) => Promise<void>;
}

export class Takeover {
  readonly clock = new ManualClock(1000, Date.now());
  readonly cluster = new MemoryCluster({ clock: this.clock });
  readonly broker = new ScriptedEngine();
  /** Looks at the record, and changes it as a person does. */
  readonly records: Records;
  readonly #policy: object | undefined;
  #orders = 0;

  /** @param policy - of all edges; undefined for edges without a guard. */
  constructor(policy?: object) {
    this.#policy = policy;
    this.broker.accounts = [account(1_000_000)];
    this.broker.onSendOrder = ({ reference, volume, direction, offset, price }) => {
      const id = String(++this.#orders);
      this.broker.tellOrder(order(id, { reference, volume, direction, offset, price }));
      return `CTP.${id}`;
    };
    this.records = this.recordsOf(this.connect('person'));
  }

  connect(name: string): ClusterTransport {
    const transport = this.cluster.connect({ name });
    onTestFinished(() => transport.close());
    return transport;
  }

  recordsOf(store: ClusterTransport): Records {
    return new Records({ store, subject: SUBJECTS.record, clock: this.clock, timeout: TERMS.timeout });
  }

  /** Starts an edge. */
  async edge(
    edge: string,
    { file = memoryFile(), connection = edge }: { readonly file?: MemoryFile; readonly connection?: string } = {},
  ): Promise<GuardedEdge> {
    const store = this.connect(connection);
    const plans = streamPlans(CLUSTER);
    for (const plan of [plans.LEASE, plans.ACCT, plans.ORDLOG]) await store.ensureStream(plan);
    const guard = this.#policy === undefined ? undefined : await Guard.open(this.#policy);
    if (guard !== undefined) onTestFinished(() => guard.close());
    const { clock } = this;
    const made = await EdgeAccount.open({
      ...{ engine: this.broker, store, subjects: SUBJECTS, account: 'desk/ctp', edge, file, guard, clock },
      terms: TERMS,
      logger: silentLogger,
    });
    const leased = made.engine;
    await guard?.attach(leased);
    const engineOf = (principal: string): TradingEngine =>
      guard === undefined ? leased : keyedGuard(guard, leased).engineFor(principal, leased);
    made.start();
    onTestFinished(async () => {
      const stopping = made.stop();
      await this.clock.advance(20_000);
      await stopping;
    });
    return {
      account: made,
      guard,
      send: async (principal, request, key) => await engineOf(principal).sendOrder(request, 'CTP', { key }),
      cancel: async (principal, orderid) => {
        const { symbol, exchange } = order(orderid);
        await engineOf(principal).cancelOrder(order(orderid, { symbol, exchange }).createCancelRequest(), 'CTP');
      },
    };
  }

  /** An edge dies: nothing comes to it and nothing of it leaves. A person gives the account to another one. */
  async fail(edge: string, heir: string, acceptsLoss = false): Promise<void> {
    this.cluster.pause(edge);
    const said = { by: 'mei', why: `${edge} is broken`, at: this.clock.wall() };
    await this.during(
      this.records.update((record) => record && { ...record, takeover: { ...said, edge: heir, acceptsLoss } }),
    );
  }

  /** Lets time pass until something is so. Guards write files of their own, and have clocks of their own. */
  async until(isSo: () => boolean, what: () => string): Promise<void> {
    const end = performance.now() + 10_000;
    for (let turns = 0; performance.now() < end && !isSo(); turns++) {
      await this.clock.advance(100);
      await (turns < 500 ? settled() : delay(2));
    }
    if (!isSo()) throw new Error(what());
  }

  async active({ account: { holding } }: GuardedEdge): Promise<void> {
    await this.until(
      () => holding.state === 'active',
      () => `it is ${holding.state}: ${holding.reason}`,
    );
  }

  /** Lets time pass while something is under way. */
  async during<Result>(work: Promise<Result>): Promise<Result> {
    let isOver = false;
    const end = (): void => {
      isOver = true;
    };
    work.then(end, end);
    await this.until(
      () => isOver,
      () => 'it does not end',
    );
    return await work;
  }
}
