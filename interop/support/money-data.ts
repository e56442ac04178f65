/** What can cost money by what NATS keeps and passes on: lost data, old ticks, commands and events that somebody else has published. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ClusterTransportError } from 'vnpy-bridge/cluster';
import type { ClusterGateway, Message } from 'vnpy-bridge/cluster';
import { loads } from 'vnpy-bridge/pickle';
import { Event, RpcService, TickData, vnpyRegistry } from 'vnpy-bridge/vnpy';
import { freeAddress } from '../../tests/support/free-port.js';
import { readEnvelope } from '../../src/cluster/wire/envelope.js';
import { PREFIX_BYTES, readPrefix } from '../../src/cluster/wire/prefix.js';
import { monotonic, SHORT } from './edge-process.js';
import { CLUSTER, PRINCIPAL, until } from './money-stage.js';
import type { MoneyStage } from './money-stage.js';
import type { Play, Row } from './money-play.js';
import { launchPeer } from './peer.js';
import type { Peer } from './peer.js';

const { ttl, grace, renew } = SHORT.lease;

/** The rows. */
export const dataRows: Readonly<Record<string, Row>> = {
  'data of NATS lost': dataLost,
  'stale last value': staleTick,
  'replayed command': replayed,
  'forged event': forged,
};

/** The streams are gone, or as they were some time ago: whoever remembers more does not take the account. */
function dataLost(stage: MoneyStage): Promise<Play> {
  return Promise.resolve(async () => {
    stage.nextAccount();
    const first = stage.startEdge('one');
    await stage.active(first);
    const gateway = await stage.connect();
    const before = await stage.send(gateway, stage.order(), 2000);
    const copy = stage.random() < 0.5 ? stage.nats.copyTo('copy') : undefined;
    for (let count = 0; count < 3; count++) await stage.send(gateway, stage.order(), 2000);
    // What an edge has seen is on its disk by its next renewals.
    await delay(renew * 4);
    const goesOn = stage.random() < 0.5;
    if (!goesOn) await first.kill();
    await stage.nats.kill();
    stage.nats.replaceStore(copy);
    await stage.nats.start();
    const lostAt = monotonic() + ttl;
    const edge = goesOn ? first : stage.startEdge('one');
    const epoch = first.tenures.at(-1)?.epoch ?? 0;
    await delay(ttl + grace + 3 * renew);
    await until(() => edge.state !== 'starting', 'the edge has started');
    await delay(ttl);
    const acts = edge.tenures.filter((tenure) => tenure.epoch !== epoch || tenure.to > lostAt);
    const name = `${copy === undefined ? 'deleted' : 'older copy'}, ${goesOn ? 'went on' : 'restarted'}`;
    const faults = acts.map((tenure) => `${name}: ${edge.name} acts in epoch ${tenure.epoch}: ${edge.reason}`);
    if (before.outcome !== 'sent') faults.push(`${before.reference} is ${before.outcome} at a healthy edge`);
    const { state } = edge;
    await gateway.close();
    await edge.kill();
    return { faults, what: `${name}: ${state}` };
  });
}

/** The market is closed, and NATS or the edge starts again: no tick of before is taken for one of now. */
function staleTick(stage: MoneyStage): Promise<Play> {
  return Promise.resolve(async () => {
    stage.nextAccount();
    let edge = stage.startEdge('one');
    await stage.active(edge);
    const first = await stage.connect();
    const old = new Set<string>();
    first.on('tick', ({ datetime }) => old.add(String(datetime)));
    const came = first.next('tick', { timeout: 10_000 });
    await first.subscribe('rb2705.SHFE');
    await came;
    const subject = `vb1.${CLUSTER}.md.${stage.account}.SHFE.rb2705`;
    const plain = await stage.plain();
    await until(async () => (await plain.last(subject, { timeout: 1000 })) !== undefined, 'the tick is kept');
    // The market closes, and vnpy has forgotten what was.
    await stage.vnpy.command('eval', { code: 'gateway._subscribed.clear()' });
    // A tick that is on its way would be remembered after it was forgotten.
    await delay(200);
    await first.close();
    await stage.vnpy.command('eval', { code: "main_engine.get_engine('oms').ticks.clear()" });
    const isNats = stage.random() < 0.4;
    if (isNats) {
      await stage.nats.kill();
      await stage.nats.start();
    } else {
      await edge.kill();
      edge = stage.startEdge('one');
      await until(() => edge.state !== 'starting', 'the edge has started');
    }
    await stage.active(edge);
    const second = await stage.connect();
    let kept: unknown;
    await until(async () => {
      kept = await plain.last(subject, { timeout: 1000 });
      return true;
    }, 'the last ticks are kept again');
    const answer: unknown = await second.client.call('get_tick', ['rb2705.SHFE']);
    const faults: string[] = [];
    const isOld = (tick: unknown): boolean => tick instanceof TickData && old.has(String(tick.datetime));
    const live = (): boolean => isOld(second.liveTick('rb2705.SHFE'));
    second.on('tick', (tick, { fresh }) => {
      if (fresh && isOld(tick)) faults.push('an old tick is told as one of now');
    });
    // An edge that went on has its own last tick still, as vnpy's MainEngine has: with its time, and as one of unknown age.
    if (!isNats && isOld(answer)) faults.push('an edge that has started anew answers with an old tick');
    if (!isNats && [...second.ticks.values()].some(isOld)) faults.push('a client of a new edge shows an old tick');
    if (isNats && kept !== undefined) faults.push('NATS has kept ticks over its restart');
    if (live()) faults.push('a new client takes an old tick for one of now');
    // Whoever subscribes next makes nobody take it for new: neither this client nor those that ask after it.
    const heard: unknown[] = [];
    plain.subscribe(subject, ({ payload }) => heard.push(tickOf(payload)));
    await plain.flush({ timeout: 5000 });
    await second.subscribe('rb2705.SHFE');
    if (live()) faults.push('an old tick is one of now for who subscribes');
    await delay(100);
    if (heard.some(isOld)) faults.push('an old tick is published once more');
    const last = await plain.last(subject, { timeout: 1000 }).catch(() => undefined);
    if (isNats && last !== undefined && isOld(tickOf(last.payload)))
      faults.push('an old tick is kept as the last one again');
    await second.close();
    await plain.close();
    await edge.kill();
    return {
      faults,
      what: `${isNats ? 'NATS' : 'edge'} restarted, kept: ${kept === undefined ? 'nothing' : 'old tick'}, answered: ${isOld(answer) ? 'old tick' : 'nothing'}`,
    };
  });
}

/** The tick that was published. */
function tickOf(payload: Uint8Array): unknown {
  const event = loads(payload.subarray(PREFIX_BYTES), { registry: vnpyRegistry });
  return event instanceof Event ? event.data : undefined;
}

/** Somebody publishes the bytes of a command once more: at once, after its deadline, and after the edge has started again. */
async function replayed(stage: MoneyStage): Promise<Play> {
  let edge = stage.startEdge('one');
  await stage.active(edge);
  const plain = await stage.plain();
  const gateway = await stage.connect();
  const heard: Message[] = [];
  plain.subscribe(`vb1.${CLUSTER}.cmd.${stage.account}.${PRINCIPAL}.send_order`, (message) => heard.push(message));
  await plain.flush({ timeout: 5000 });
  let round = 0;
  return async () => {
    await stage.active(edge);
    heard.length = 0;
    const told = await until(() => gateway.edge() !== undefined, 'an edge is heard').then(() =>
      stage.send(gateway, stage.order(), 600),
    );
    await until(() => heard.length > 0, 'the command is heard');
    const [command] = heard;
    if (command === undefined) return { faults: ['no command was heard'], what: '' };
    const answers: string[] = [];
    const again = async (): Promise<void> => {
      const { subject, payload, headers } = command;
      try {
        const answer = await plain.request(subject, payload, { timeout: 1000, headers });
        answers.push(readEnvelope(answer.headers)?.notExecuted ?? 'answered');
      } catch (error) {
        if (!(error instanceof ClusterTransportError)) throw error;
        answers.push(error.code);
      }
    };
    await again();
    await delay(stage.random() * 600);
    await again();
    await delay(700);
    await again();
    if (++round % 5 === 1) {
      await edge.kill();
      edge = stage.startEdge('one');
      await stage.active(edge);
      await again();
    }
    await stage.settle();
    const count = stage.executions(told.reference);
    const faults = count === 1 ? [] : [`${told.reference} was executed ${count} times after a replay`];
    return { faults, what: `${told.outcome}; ${answers.join(' | ')}` };
  };
}

/** A call of `os.system`, as Python's pickle writes it: alone, and as the data of a tick of vnpy's. */
function programs(file: string): readonly (readonly [name: string, pickle: Buffer])[] {
  const call = `cos\nsystem\n(S'touch ${file}'\ntR`;
  const event = `cvnpy.event.engine\nEvent\n(S'eTick.'\n${call}tR.`;
  return [
    ['bare', Buffer.from(`${call}.`)],
    ['in a tick', Buffer.from(event)],
    ['garbage', Buffer.from('not a pickle')],
  ];
}

/** Whoever may publish ticks and events sends programs in their place: nothing runs, in Node.js or in Python, and it is counted. */
async function forged(stage: MoneyStage): Promise<Play> {
  const edge = stage.startEdge('one');
  await stage.active(edge);
  const plain = await stage.plain();
  const gateway = await stage.connect();
  let errors = 0;
  gateway.on('error', () => errors++);
  const python = await pythonBehind(stage, gateway);
  const heard: Message[] = [];
  const subject = `vb1.${CLUSTER}.md.${stage.account}.SHFE.rb2705`;
  plain.subscribe(subject, (message) => heard.push(message));
  let lastEvent = 0;
  plain.subscribe(`vb1.${CLUSTER}.ev.${stage.account}.${PRINCIPAL}.>`, ({ payload }) => {
    lastEvent = Math.max(lastEvent, readPrefix(payload)?.seq ?? 0);
  });
  await plain.flush({ timeout: 5000 });
  const came = gateway.next('tick', { timeout: 10_000 });
  await gateway.subscribe('rb2705.SHFE');
  await came;
  const file = join(stage.folder, 'executed');
  return async () => {
    const faults: string[] = [];
    const isTick = stage.random() < 0.5;
    for (const [name, pickle] of programs(file)) {
      // The edge may be first with the number that is forged: then it is dropped as a repeated one, and is tried again.
      let isCounted = false;
      for (let tries = 0; tries < 3 && !isCounted; tries++) {
        const before = gateway.eventCounts().malformed + errors;
        heard.length = 0;
        await until(() => heard.length > 0, 'a tick is heard');
        const prefix = Buffer.from(heard.at(-1)?.payload.subarray(0, 32) ?? []);
        const target = isTick ? subject : `vb1.${CLUSTER}.ev.${stage.account}.${PRINCIPAL}.order`;
        // The next number is taken for what the edge publishes next; one far ahead must make nobody deaf.
        const ahead = stage.random() < 0.3 ? 100_000 : 1;
        prefix.writeUIntBE((isTick ? prefix.readUIntBE(18, 6) : lastEvent) + ahead, 18, 6);
        plain.publish(target, Buffer.concat([prefix, pickle]));
        plain.publish(target, pickle);
        await plain.flush({ timeout: 5000 });
        // What has no prefix is one, and the call is another.
        const counted = (): boolean => gateway.eventCounts().malformed + errors >= before + 2;
        isCounted = await until(counted, `${name} is counted`, 1500).then(
          () => true,
          () => false,
        );
      }
      if (!isCounted) faults.push(`a forged ${isTick ? 'tick' : 'event'}, ${name}, was not counted`);
    }
    const known = python.records.length;
    await until(async () => {
      await stage.vnpy.command('eval', { code: 'main_engine.write_log("after")' });
      return python.records.slice(known).some((record) => record['event'] === 'eLog');
    }, 'Python hears more').catch(() => faults.push('Python is deaf'));
    if (existsSync(file)) faults.push('a forged pickle was executed');
    rmSync(file, { force: true });
    return {
      faults,
      what: `${isTick ? 'ticks' : 'events'}: ${gateway.eventCounts().malformed} counted, ${errors} told`,
    };
  };
}

/** An unmodified Python RpcGateway behind a relay. */
async function pythonBehind(stage: MoneyStage, gateway: ClusterGateway): Promise<Peer> {
  const addresses = { request: await freeAddress(), publish: await freeAddress() };
  const { vnpy = '4.5' } = stage.vnpy.options;
  const relay = new RpcService(gateway);
  await relay.start(addresses.request, vnpy === '4.5' ? addresses.publish : { pair: addresses.publish });
  stage.atEnd(() => relay.stop());
  const python = await launchPeer({ script: 'gateway_client', vnpy, args: ['--connect'], addresses });
  stage.atEnd(async () => {
    await python.stop();
  });
  await python.command('subscribe', { vt_symbol: 'rb2705.SHFE' });
  return python;
}
