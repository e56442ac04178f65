/**
 * An account of a cluster in memory, as persons look at it and speak to it: nobody runs but who beats.
 */
import type { Logger } from 'vnpy-bridge/rpc';
import { NEW_RECORD, documentOf } from '../../../src/cluster/account/record.js';
import type { AccountRecord } from '../../../src/cluster/account/record.js';
import { bytesOf } from '../../../src/cluster/account/store.js';
import { MemoryCluster } from '../../../src/cluster/transport/memory-transport.js';
import type { ClusterTransport, ServerInfo, StreamPlan } from '../../../src/cluster/transport/transport.js';
import { writeBeat } from '../../../src/cluster/wire/beats.js';
import type { Beat } from '../../../src/cluster/wire/beats.js';
import { streamPlans } from '../../../src/cluster/wire/streams.js';
import { ACCOUNT, CLUSTER, SUBJECTS } from '../support/stage.js';

const TIMEOUT = 1000;

/** The record of an account that an edge holds. */
export const HELD: AccountRecord = {
  ...NEW_RECORD,
  state: 'held',
  holder: { edge: 'east', identity: 'id-east', boot: 'boot-east' },
  epoch: 7,
  ttl: 10_000,
};

/** Its cluster, and one connection to it. */
export class Desk {
  readonly memory: MemoryCluster;
  readonly transport: ClusterTransport;

  constructor(server: Partial<ServerInfo> = {}, logger?: Logger) {
    this.memory = new MemoryCluster({ server: { authRequired: true, ...server }, ...(logger && { logger }) });
    this.transport = this.memory.connect({ name: 'admin' });
  }

  /** As the first edge makes them; with changes by their names. */
  async streams(changes: Readonly<Record<string, Partial<StreamPlan>>> = {}): Promise<void> {
    for (const [kind, plan] of Object.entries(streamPlans(SUBJECTS)))
      await this.transport.ensureStream({ ...plan, ...changes[kind] });
  }

  async record(change: Partial<AccountRecord> = {}): Promise<void> {
    const payload = bytesOf(documentOf({ ...HELD, ...change }));
    await this.transport.append(SUBJECTS.account(ACCOUNT), payload, { timeout: TIMEOUT });
  }

  async lease(edge: string): Promise<void> {
    const mark = { version: 1, edge, identity: 'id', boot: 'boot', state: 'held', count: 1, ttl: 10_000 };
    await this.transport.append(SUBJECTS.lease(ACCOUNT), bytesOf(mark), { timeout: TIMEOUT });
  }

  /** One sign of life. */
  beat(change: Partial<Beat> = {}): void {
    const beat: Beat = {
      ...{ account: ACCOUNT, edge: 'east', number: 1, boot: 1, epoch: 7, state: 'active', count: 1 },
      ...{ monotonic: 1, wall: Date.now(), load: 0, vnpy: true },
      ...change,
    };
    this.transport.publish(SUBJECTS.beat(beat.account, beat.edge), writeBeat(beat));
  }

  /** What is to be looked at, and for how long. */
  get options(): { readonly cluster: string; readonly wait: number; readonly signal: AbortSignal } {
    return { cluster: CLUSTER, wait: 50, signal: new AbortController().signal };
  }
}
