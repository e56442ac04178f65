/** What can cost money where an edge, or a server of NATS, fails: cancels that get lost, and edges that are cut off in one direction. */
import { setTimeout as delay } from 'node:timers/promises';
import { RpcCallError } from 'vnpy-bridge/rpc';
import { Status } from 'vnpy-bridge/vnpy';
import type { OrderData } from 'vnpy-bridge/vnpy';
import type { ClusterGateway } from 'vnpy-bridge/cluster';
import type { EdgeProcess } from './edge-process.js';
import { BUDGET, flowing, ready, two } from './money-play.js';
import type { Play, Row } from './money-play.js';
import { LastingNats, until } from './money-stage.js';
import type { MoneyStage } from './money-stage.js';
import { TcpProxy } from './tcp-proxy.js';
import type { Direction } from './tcp-proxy.js';

/** The rows. */
export const wayRows: Readonly<Record<string, Row>> = {
  'cancel after a failover': cancelAfter,
  'halt while nobody holds': haltedMeanwhile,
  'partition of an edge': partitioned,
  'one of three NATS servers': threeServers,
};

/** What came of a cancel. */
interface Cancelled {
  readonly id: string;
  /** `done`, or the outcome of its error. */
  readonly outcome: string;
}

/** Sends three, and gives the ids of those that vnpy has. */
async function threeOrders(stage: MoneyStage, gateway: ClusterGateway): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let count = 0; count < 3; count++) {
    const { id } = await stage.send(gateway, stage.order(), 2000);
    if (id !== undefined) ids.push(id);
  }
  return ids;
}

/** One edge has sent the orders, and another one is to cancel them. */
async function cancelAfter(stage: MoneyStage): Promise<Play> {
  const edges = await two(stage);
  const gateway = await stage.connect();
  return async () => {
    const { holder, other } = edges;
    await ready(gateway);
    const ids = await threeOrders(stage, gateway);
    const isKilled = stage.random() < 0.5;
    if (isKilled) await holder.kill();
    else holder.pause();
    // Nobody holds the account now, or nobody can tell.
    const [early = '', ...late] = ids;
    const first = cancel(gateway, early, 1000);
    await stage.takeover(other.name);
    await stage.active(other);
    await ready(gateway);
    const told = [await first];
    const faults: string[] = [];
    for (const id of late) {
      await until(
        () => gateway.orders.has(id),
        () => `${id} is known after the failover`,
      );
      told.push(await cancel(gateway, id, 5000));
    }
    if (told[0]?.outcome !== 'done') told.push(await cancel(gateway, early, 5000));
    if (!isKilled) holder.resume();
    await stage.settle();
    const cancels = stage.vnpy.journal().filter((line) => line['event'] === 'cancel');
    const reached = (id: string): number => cancels.filter((line) => line['id'] === id).length;
    for (const { id, outcome } of told) {
      if (outcome === 'done' && reached(id) === 0)
        faults.push(`the cancel of ${id} was told to be done, and came to nobody`);
      if (outcome !== 'done' && id !== early)
        faults.push(`${id} was not cancelled by the edge that took over: ${outcome}`);
    }
    // It was told to be certain that nothing was done; the later one was.
    if (told[0]?.outcome === 'not-sent' && reached(early) > 1)
      faults.push(`the cancel of ${early} was told to be not sent`);
    for (const id of ids) {
      await until(
        () => gateway.orders.get(id)?.status === Status.CANCELLED,
        () => `${id} is cancelled, and is ${String(gateway.orders.get(id)?.status.name)}`,
      );
    }
    const back = isKilled ? stage.startEdge(holder.name) : holder;
    await passive(back);
    [edges.holder, edges.other] = [other, back];
    return { faults, what: `${isKilled ? 'killed' : 'stopped'}, ${told.map(({ outcome }) => outcome).join(', ')}` };
  };
}

/** The holder is gone with orders at the exchange, and a person halts: whoever takes the account cancels them. */
async function haltedMeanwhile(stage: MoneyStage): Promise<Play> {
  const edges = await two(stage);
  const gateway = await stage.connect();
  return async () => {
    const { holder, other } = edges;
    await ready(gateway);
    const ids = await threeOrders(stage, gateway);
    await holder.kill();
    await stage.say('halt');
    await stage.takeover(other.name);
    // Sometimes the next one fails as well, in the middle of it.
    const isTwice = stage.random() < 0.4;
    let heir = other;
    if (isTwice) {
      await until(
        () => heir.state === 'recovering' || heir.state === 'active',
        () => `${heir.name} takes the account, and is ${heir.state}`,
      );
      await delay(stage.random() * 300);
      await heir.kill();
      heir = stage.startEdge(other.name);
    }
    await stage.active(heir);
    await ready(gateway);
    for (const id of ids) {
      await until(
        () => gateway.orders.get(id)?.status === Status.CANCELLED,
        () => `${id} is cancelled by the halt, and is ${String(gateway.orders.get(id)?.status.name)}`,
      );
    }
    const { outcome } = await stage.send(gateway, stage.order(), 2000);
    const faults = outcome === 'sent' || outcome === 'unknown' ? [`an order is ${outcome} while all is halted`] : [];
    await stage.say('resume', 'all');
    let last = '';
    await until(
      async () => {
        last = (await stage.send(gateway, stage.order(), 2000)).outcome;
        return last === 'sent';
      },
      () => `an order is sent after the halt, and is ${last}`,
    );
    const back = stage.startEdge(holder.name);
    await passive(back);
    [edges.holder, edges.other] = [heir, back];
    return { faults, what: `${isTwice ? 'two failed' : 'one failed'}, ${ids.length} cancelled, then ${outcome}` };
  };
}

async function cancel(gateway: ClusterGateway, id: string, timeout: number): Promise<Cancelled> {
  const order: OrderData | undefined = gateway.orders.get(id);
  if (order === undefined) return { id, outcome: 'not known' };
  try {
    await gateway.cancelOrder(order, { timeout });
    return { id, outcome: 'done' };
  } catch (error) {
    if (!(error instanceof RpcCallError)) throw error;
    return { id, outcome: error.outcome };
  }
}

const WAYS: readonly (readonly [name: string, directions: readonly Direction[]])[] = [
  ['nothing passes', ['there', 'back']],
  ['it is not heard', ['there']],
  ['it hears nothing', ['back']],
];

/**
 * The way between the holder and NATS is broken in one direction or both, while orders come all the time. It is a proxy, because
 * a network of its own that is cut is cut in both directions.
 */
async function partitioned(stage: MoneyStage): Promise<Play> {
  const ways = new Map<string, TcpProxy>();
  const start = async (name: string): Promise<EdgeProcess> => {
    const way = await TcpProxy.open(stage.nats.port);
    ways.set(name, way);
    stage.atEnd(() => way[Symbol.asyncDispose]());
    return stage.startEdge(name, [`nats://127.0.0.1:${way.port}`]);
  };
  let holder = await start('one');
  await stage.active(holder);
  let other = await start('two');
  await passive(other);
  const gateway = await stage.connect();
  return async () => {
    const way = ways.get(holder.name);
    const [name, directions] = WAYS[Math.floor(stage.random() * WAYS.length)] ?? ['', []];
    const isTaken = stage.random() < 0.5;
    const flow = flowing(stage, gateway);
    await delay(stage.random() * 300);
    way?.hold(...directions);
    if (isTaken) {
      await stage.takeover(other.name);
      await stage.active(other);
    }
    await delay(stage.random() * 2500);
    way?.release();
    if (stage.random() < 0.3) way?.cut();
    if (isTaken) {
      await passive(holder);
      [holder, other] = [other, holder];
    }
    await stage.active(holder);
    await ready(gateway);
    const { outcome } = await stage.send(gateway, stage.order(), 2000);
    const faults = outcome === 'sent' ? [] : [`an order after all is healed is ${outcome}`];
    return { faults, what: `${name}, ${isTaken ? 'taken over' : 'waited'}: ${await flow.end()}` };
  };
}

/** One of three servers is killed or stands still, and sometimes the holder with it. */
async function threeServers(stage: MoneyStage): Promise<Play> {
  const servers = await LastingNats.startThree();
  for (const server of servers) stage.atEnd(() => server.stop());
  stage.use(servers);
  const edges = await two(stage);
  const gateway = await stage.connect();
  return async () => {
    const { holder, other } = edges;
    await ready(gateway);
    const victim = servers[Math.floor(stage.random() * servers.length)];
    if (victim === undefined) throw new Error('there are servers');
    const flow = flowing(stage, gateway);
    await delay(stage.random() * 300);
    const isKilled = stage.random() < 0.5;
    const isTaken = stage.random() < 0.5;
    if (isKilled) await victim.kill();
    else victim.signal('SIGSTOP');
    if (isTaken) {
      holder.pause();
      await until(() => stage.takeover(other.name).then(() => true), 'a person is heard by those that are left');
      await stage.active(other);
      holder.resume();
      await passive(holder);
      [edges.holder, edges.other] = [other, holder];
    } else {
      await delay(stage.random() * 6000);
    }
    if (isKilled) await victim.start();
    else victim.signal('SIGCONT');
    await stage.active(edges.holder);
    await ready(gateway);
    const told = await flow.end();
    let last = '';
    await until(
      async () => {
        last = (await stage.send(gateway, stage.order(), BUDGET * 5)).outcome;
        return last === 'sent';
      },
      () => `an order is sent after all is well again, and is ${last}`,
    );
    return { faults: [], what: `${isKilled ? 'killed' : 'stopped'}${isTaken ? ', taken over' : ''}: ${told}` };
  };
}

async function passive(edge: EdgeProcess): Promise<void> {
  await until(
    () => edge.state === 'passive',
    () => `${edge.name} is passive, and is ${edge.state}: ${edge.reason}`,
  );
}
