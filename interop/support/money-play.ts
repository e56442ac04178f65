/** What the rows of the chaos of a cluster have in common. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterGateway } from 'vnpy-bridge/cluster';
import type { EdgeProcess } from './edge-process.js';
import { CLUSTER, until } from './money-stage.js';
import type { MoneyStage } from './money-stage.js';
import { TcpProxy } from './tcp-proxy.js';

/** What came of a round. */
export interface Played {
  readonly faults: readonly string[];
  /** What happened, for the table. */
  readonly what: string;
}

/** Plays rounds. */
export type Play = () => Promise<Played>;

/** A danger: makes what it needs, and gives what plays its rounds. */
export type Row = (stage: MoneyStage) => Promise<Play>;

/** An order that an edge has not begun after so many ms is not begun any more. */
export const BUDGET = 400;

/** Two edges, the first of which holds the account. */
export interface Two {
  holder: EdgeProcess;
  other: EdgeProcess;
}

/** Starts two edges. */
export async function two(stage: MoneyStage): Promise<Two> {
  const holder = stage.startEdge('one');
  await stage.active(holder);
  const other = stage.startEdge('two');
  await until(() => other.state === 'passive', 'the second edge is there');
  return { holder, other };
}

/** An edge, and a client whose way to NATS can be broken. */
export async function behindProxy(
  stage: MoneyStage,
): Promise<{ readonly edge: EdgeProcess; readonly proxy: TcpProxy; readonly gateway: ClusterGateway }> {
  const edge = stage.startEdge('one');
  await stage.active(edge);
  const proxy = await TcpProxy.open(stage.nats.port);
  stage.atEnd(() => proxy[Symbol.asyncDispose]());
  return { edge, proxy, gateway: await stage.connect([`nats://127.0.0.1:${proxy.port}`], BUDGET) };
}

/** The client is connected, and hears an edge. */
export async function ready(gateway: ClusterGateway): Promise<void> {
  await until(async () => {
    await gateway.client.ready({ timeout: 5000 });
    return gateway.edge() !== undefined;
  }, `a client of ${CLUSTER} is ready`);
}

/** Orders all the time, one after the other. */
export function flowing(stage: MoneyStage, gateway: ClusterGateway): { end(): Promise<string> } {
  const over = new AbortController();
  const isOver = (): boolean => over.signal.aborted;
  const counts = new Map<string, number>();
  const flow = (async () => {
    while (!isOver()) {
      const { outcome } = await stage.send(gateway, stage.order(), BUDGET);
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
      await delay(outcome === 'sent' ? 5 : 50);
    }
  })();
  return {
    end: async () => {
      over.abort();
      await flow;
      return [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
    },
  };
}
