/**
 * What can cost money in a cluster, each as a round that can be played as often as wanted: orders that are doubled, late or
 * replayed. {@link checkAll} says after each round whether all is as it must be.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { checkAll } from './money-check.js';
import { MoneyStage, until } from './money-stage.js';
import type { Told } from './money-stage.js';
import { behindProxy, BUDGET, flowing, ready, two } from './money-play.js';
import type { Play, Played, Row } from './money-play.js';
import { wayRows } from './money-ways.js';
import type { VnpyVersion } from './peer.js';
import { dataRows } from './money-data.js';

/** All of them, by their names. */
export const ROWS: Readonly<Record<string, Row>> = {
  'double order at failover': doubleOrder,
  'split brain': splitBrain,
  'late: edge stands still': lateAtEdge,
  'late: black hole that heals': lateInHole,
  'late: NATS stands still': lateAtServer,
  'late: in a dial': lateInDial,
  'late: nobody there': nobodyThere,
  'late inside vnpy': lateInVnpy,
  ...dataRows,
  ...wayRows,
};

/**
 * Plays a row.
 *
 * @param played - is told of each round.
 * @returns all faults.
 */
export async function playRow(
  row: Row,
  options: {
    readonly vnpy: VnpyVersion;
    readonly rounds: number;
    readonly random: () => number;
    readonly played?: (round: number, played: Played) => void;
  },
): Promise<readonly string[]> {
  const stage = await MoneyStage.start(options.vnpy, options.random);
  const known = new Set<string>();
  const faults: string[] = [];
  try {
    const play = await row(stage);
    for (let round = 1; round <= options.rounds; round++) {
      const played = await play().catch((error: unknown) => ({
        faults: [[String(error), ...stage.edges.map(({ name, log }) => `${name}: ${log.slice(-2000)}`)].join('\n')],
        what: 'failed',
      }));
      await stage.settle();
      // A fault of an order stays one: it is told once.
      const fresh = [...played.faults, ...checkAll(stage)].filter((fault) => !known.has(fault));
      for (const fault of fresh) known.add(fault);
      faults.push(...fresh);
      options.played?.(round, { ...played, faults: fresh });
      if (played.what === 'failed') break;
    }
  } finally {
    await stage.stop();
  }
  return faults;
}

/** The edge has the order, and stands still; another one takes over, and gets the same order once more; then the first wakes. */
async function doubleOrder(stage: MoneyStage): Promise<Play> {
  const edges = await two(stage);
  const gateway = await stage.connect();
  return async () => {
    const { holder, other } = edges;
    const order = stage.order();
    await ready(gateway);
    const first = stage.send(gateway, order, BUDGET);
    await delay(stage.random() * 15);
    holder.pause();
    const told = await first;
    await stage.takeover(other.name);
    await stage.active(other);
    await ready(gateway);
    const again = await stage.send(gateway, order, 2000);
    holder.resume();
    await until(() => holder.state === 'passive', 'the first edge sees that it has lost the account');
    await stage.settle();
    const last = await stage.send(gateway, order, 2000);
    [edges.holder, edges.other] = [other, holder];
    const faults = [];
    if (told.outcome === 'sent' && last.id !== told.id)
      faults.push(`${told.reference} was sent, and is ${last.outcome}`);
    if (last.outcome === 'not-sent' || last.outcome === 'refused')
      faults.push(`${told.reference} is not taken any more: ${String(last.message)}`);
    return { faults, what: `${told.outcome}, ${again.outcome}, ${last.outcome}` };
  };
}

/** The holder is killed or stands still at any moment, and another one takes over, while orders come all the time. */
async function splitBrain(stage: MoneyStage): Promise<Play> {
  const edges = await two(stage);
  const gateway = await stage.connect();
  return async () => {
    const { holder, other } = edges;
    const flow = flowing(stage, gateway);
    await delay(stage.random() * 300);
    const isKilled = stage.random() < 0.5;
    if (isKilled) await holder.kill();
    else holder.pause();
    const wakes = stage.random() * 3500;
    const waking = isKilled
      ? undefined
      : delay(wakes).then(() => {
          holder.resume();
        });
    await stage.takeover(other.name);
    await stage.active(other);
    await waking;
    const back = isKilled ? stage.startEdge(holder.name) : holder;
    await until(
      () => back.state === 'passive',
      () => `the first edge is passive, and is ${back.state}: ${back.reason}`,
    );
    const told = await flow.end();
    [edges.holder, edges.other] = [other, back];
    return { faults: [], what: `${isKilled ? 'killed' : `stopped ${Math.round(wakes)} ms`}, ${told}` };
  };
}

/** The edge stands still beyond the deadline, and wakes with the order in its socket. */
async function lateAtEdge(stage: MoneyStage): Promise<Play> {
  const edge = stage.startEdge('one');
  await stage.active(edge);
  const gateway = await stage.connect([stage.nats.url], BUDGET);
  return async () => {
    await stage.active(edge);
    await ready(gateway);
    if (stage.random() < 0.7) edge.pause();
    const first = stage.send(gateway, stage.order(), BUDGET);
    await delay(stage.random() * 10);
    edge.pause();
    await delay(stage.random() * 900);
    edge.resume();
    const told = await first;
    return await after(stage, [told]);
  };
}

/** Nothing comes through between client and NATS, and all of it later. */
async function lateInHole(stage: MoneyStage): Promise<Play> {
  const { edge, proxy, gateway } = await behindProxy(stage);
  return async () => {
    await stage.active(edge);
    await ready(gateway);
    proxy.hold();
    const first = stage.send(gateway, stage.order(), BUDGET);
    const second = delay(stage.random() * 800).then(() => stage.send(gateway, stage.order(), BUDGET));
    await delay(stage.random() * 1500);
    proxy.release();
    return await after(stage, [await first, await second]);
  };
}

/** NATS itself stands still. */
async function lateAtServer(stage: MoneyStage): Promise<Play> {
  const edge = stage.startEdge('one');
  await stage.active(edge);
  const gateway = await stage.connect([stage.nats.url], BUDGET);
  return async () => {
    await stage.active(edge);
    await ready(gateway);
    const isEarly = stage.random() < 0.5;
    if (isEarly) stage.nats.signal('SIGSTOP');
    const first = stage.send(gateway, stage.order(), BUDGET);
    await delay(stage.random() * 8);
    stage.nats.signal('SIGSTOP');
    await delay(stage.random() * 1500);
    stage.nats.signal('SIGCONT');
    return await after(stage, [await first]);
  };
}

/** The connection is cut, and orders are sent while it is dialled again at a server that does not speak yet. */
async function lateInDial(stage: MoneyStage): Promise<Play> {
  const { edge, proxy, gateway } = await behindProxy(stage);
  return async () => {
    await stage.active(edge);
    await ready(gateway);
    proxy.mute();
    proxy.cut();
    const sent: Promise<Told>[] = [];
    for (let count = 0; count < 4; count++) {
      sent.push(stage.send(gateway, stage.order(), BUDGET));
      await delay(stage.random() * 250);
    }
    proxy.release();
    return await after(stage, await Promise.all(sent));
  };
}

/** No edge is there, and then no NATS either. */
async function nobodyThere(stage: MoneyStage): Promise<Play> {
  let edge = stage.startEdge('one');
  await stage.active(edge);
  const gateway = await stage.connect([stage.nats.url], BUDGET);
  return async () => {
    await stage.active(edge);
    await ready(gateway);
    await edge.kill();
    const sent = [stage.send(gateway, stage.order(), BUDGET)];
    await delay(stage.random() * 300);
    await stage.nats.kill();
    sent.push(stage.send(gateway, stage.order(), BUDGET));
    await delay(stage.random() * 300);
    await stage.nats.start();
    sent.push(stage.send(gateway, stage.order(), BUDGET));
    edge = stage.startEdge('one');
    const told = await Promise.all(sent);
    await stage.active(edge);
    const faults = told
      .filter(({ outcome }) => outcome === 'sent')
      .map(({ reference }) => `${reference} was sent, and nobody was there`);
    return { ...(await after(stage, told)), faults };
  };
}

/** vnpy stands still around an order. */
async function lateInVnpy(stage: MoneyStage): Promise<Play> {
  const edge = stage.startEdge('one');
  await stage.active(edge);
  const gateway = await stage.connect([stage.nats.url], BUDGET);
  return async () => {
    await stage.active(edge);
    await ready(gateway);
    const order = stage.order();
    const isEarly = stage.random() < 0.5;
    if (isEarly) stage.vnpy.pause();
    const first = stage.send(gateway, order, BUDGET);
    await delay(stage.random() * 8);
    stage.vnpy.pause();
    await delay(300 + stage.random() * 1500);
    const again = stage.send(gateway, order, BUDGET);
    await delay(stage.random() * 300);
    stage.vnpy.resume();
    const told = await first;
    const second = await again;
    await stage.settle();
    await ready(gateway);
    const faults: string[] = [];
    await until(async () => {
      const found = await gateway.findOrder(order.reference, { timeout: 3000 });
      const count = stage.executions(order.reference);
      const isTrue = found === undefined ? count === 0 : count === 1;
      if (!isTrue) {
        faults.push(
          `${order.reference}: findOrder says ${String(found?.vt_orderid)}, and it was executed ${count} times`,
        );
      }
      return true;
    }, `what became of ${order.reference} is found`);
    return { faults, what: `${told.outcome}, ${second.outcome}, ${stage.executions(order.reference)} executed` };
  };
}

/** All works again, and whatever is late has arrived. */
async function after(stage: MoneyStage, told: readonly Told[]): Promise<Played> {
  await stage.settle();
  return { faults: [], what: told.map(({ outcome }) => outcome).join(', ') };
}
