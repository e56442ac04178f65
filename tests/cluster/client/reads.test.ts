import { expect, test } from 'vitest';
import { clusterEdges } from 'vnpy-bridge/cluster';
import { Exchange, HistoryRequest, Interval } from 'vnpy-bridge/vnpy';
import { ScriptedEngine, contract, order, tick } from '../../vnpy/support.js';
import { ACCOUNT, CLUSTER, FakeHolding, SUBJECTS, Stage, until } from '../support/stage.js';

// Who is there, and what is read without troubling the edge that trades.

const decode = (payload: Uint8Array): Record<string, unknown> =>
  JSON.parse(Buffer.from(payload).toString()) as Record<string, unknown>;

test('the edges of a cluster, by their beats', async () => {
  const stage = new Stage();
  await stage.edge(new ScriptedEngine(), { edge: 'e1', holding: new FakeHolding(4) });
  await stage.edge(new ScriptedEngine(), { edge: 'e2', holding: new FakeHolding() });
  await stage.edge(new ScriptedEngine(), { edge: 'e1', account: 'ib', transport: stage.connect('other') });
  const edges = await clusterEdges(stage.connect(), { cluster: CLUSTER, timeout: 100 });
  expect(edges).toEqual([
    { edge: 'e1', account: 'ctp', state: 'active', epoch: 4, ageMs: expect.any(Number) as number },
    { edge: 'e2', account: 'ctp', state: 'passive', epoch: 0, ageMs: expect.any(Number) as number },
    { edge: 'e1', account: 'ib', state: 'active', epoch: 1, ageMs: expect.any(Number) as number },
  ]);
  expect(await clusterEdges(stage.connect(), { cluster: CLUSTER, account: 'ib', timeout: 100 })).toHaveLength(1);
  expect(await clusterEdges(stage.connect(), { cluster: 'another', timeout: 50 })).toEqual([]);
});

test('an edge answers those who look for services (ADR-32)', async () => {
  const stage = new Stage();
  const edge = await stage.edge(new ScriptedEngine());
  const nats = stage.connect();
  const ask = async (subject: string): Promise<Record<string, unknown>> =>
    decode((await nats.request(subject, new Uint8Array(), { timeout: 2000 })).payload);
  const ping = await ask('$SRV.PING');
  expect(ping).toMatchObject({
    type: 'io.nats.micro.v1.ping_response',
    name: 'vnpy-bridge-edge',
    version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
    metadata: { cluster: CLUSTER, account: ACCOUNT, edge: 'e1', state: 'active', epoch: '1' },
  });
  const { id } = ping as { readonly id: string };
  expect(id).toMatch(/^[\w-]+$/);
  expect(await ask('$SRV.INFO.vnpy-bridge-edge')).toMatchObject({
    type: 'io.nats.micro.v1.info_response',
    endpoints: expect.arrayContaining([
      expect.objectContaining({ subject: SUBJECTS.calls('cmd', ACCOUNT) }),
    ]) as unknown[],
  });
  await stage.connected();
  const stats = await ask(`$SRV.STATS.vnpy-bridge-edge.${id}`);
  const [first] = stats['endpoints'] as readonly { readonly num_requests: number }[];
  expect(stats['type']).toBe('io.nats.micro.v1.stats_response');
  expect(first?.num_requests).toBe(edge.status()?.received.requests);
  await edge.stop();
  await expect(ask('$SRV.PING')).rejects.toMatchObject({ code: 'NO_RESPONDERS' });
});

test('a last tick comes from where the server keeps it, without the edge, and is not live', async () => {
  const stage = new Stage();
  const engine = new ScriptedEngine();
  await stage.edge(engine);
  engine.tellTick(tick(3210));
  const gateway = await stage.connected();
  const seen: [number, boolean][] = [];
  gateway.on('tick', (data, { fresh }) => seen.push([data.last_price, fresh]));
  await gateway.subscribe('rb2705.SHFE');
  expect(seen).toEqual([[3210, false]]);
  expect(gateway.liveTick('rb2705.SHFE')).toBeUndefined();
});

test('a last tick is published by nobody once more, after a restart of NATS either', async () => {
  const stage = new Stage();
  const engine = new ScriptedEngine();
  const last = tick(3210);
  // As an RpcGateway that is an edge's engine: it is the last one of a connection that goes on.
  const edge = await stage.edge(Object.assign(engine, { liveTick: () => last, getTick: () => last }));
  engine.tellTick(last);
  const published: number[] = [];
  const ear = stage.connect('ear');
  ear.subscribe(SUBJECTS.ticks(ACCOUNT), () => published.push(edge.status()?.published.ticks ?? 0));
  stage.memory.stop();
  stage.memory.start();
  const gateway = await stage.connected();
  const seen: [number, boolean][] = [];
  gateway.on('tick', ({ datetime }, { fresh }) => seen.push([Date.parse(String(datetime)), fresh]));
  await gateway.subscribe('rb2705.SHFE');
  // It says when it is from, and that it is none of now.
  expect(seen).toEqual([[0, false]]);
  expect(gateway.liveTick('rb2705.SHFE')).toBeUndefined();
  expect(gateway.ticks.get('rb2705.SHFE')?.last_price).toBe(3210);
  engine.tellTick(tick(3211));
  await until(() => {
    expect(gateway.liveTick('rb2705.SHFE')?.last_price).toBe(3211);
  });
  expect(published).toEqual([2]);
});

test('a last tick of another lease is not given: the edge is asked', async () => {
  const stage = new Stage();
  const engine = new ScriptedEngine();
  const holding = new FakeHolding(1);
  await stage.edge(engine, { holding });
  engine.tellTick(tick(3210));
  holding.become('active', 2);
  const gateway = await stage.connected();
  const seen: number[] = [];
  gateway.on('tick', (data) => seen.push(data.last_price));
  await gateway.subscribe('rb2705.SHFE');
  expect(seen).toEqual([]);
});

test('many symbols are subscribed with a handful of questions for last ticks', async () => {
  const stage = new Stage();
  const engine = new ScriptedEngine();
  const symbols = Array.from({ length: 300 }, (_, index) => `rb${index}`);
  engine.contracts = symbols.map((symbol) => contract(symbol));
  const edge = await stage.edge(engine);
  const gateway = await stage.connected({ commandBudget: 30_000 });
  for (const [index, symbol] of symbols.entries()) engine.tellTick(tick(index, { symbol }));
  const before = edge.status()?.received.requests ?? 0;
  await Promise.all(symbols.map((symbol) => gateway.subscribe(`${symbol}.SHFE`)));
  const asked = (edge.status()?.received.requests ?? 0) - before;
  // One request for each subscription, hellos, and none for a tick.
  expect(asked).toBeLessThan(400);
  expect(gateway.ticks.get('rb299.SHFE')?.last_price).toBe(299);
  expect(gateway.ticks.size).toBe(300);
});

test('reads that any edge may answer are answered by one that does not hold the account', async () => {
  const stage = new Stage();
  const [active, passive] = [new ScriptedEngine(), new ScriptedEngine()];
  await stage.edge(active, { edge: 'e1' });
  await stage.edge(passive, { edge: 'e2', holding: new FakeHolding() });
  const gateway = await stage.connected();
  for (let count = 0; count < 4; count++) await gateway.client.call('get_all_contracts');
  expect(passive.calls.filter((name) => name === 'get_all_contracts').length).toBeGreaterThan(0);
  expect(passive.calls).not.toContain('get_all_orders');
});

test('an edge that stands still holds up nobody who reads what any edge may answer', async () => {
  const stage = new Stage();
  await stage.edge(new ScriptedEngine(), { edge: 'e1' });
  await stage.edge(new ScriptedEngine(), { edge: 'e2', holding: new FakeHolding() });
  stage.memory.pause('e2');
  const gateway = await stage.connected({ beatTimeout: 300, timeouts: { snapshot: 10_000 } });
  // The server goes on to choose it.
  for (let count = 0; count < 3; count++) expect(await gateway.client.call('get_all_contracts')).toHaveLength(1);
  const asked: string[] = [];
  stage.connect('ear').subscribe(SUBJECTS.calls('q', ACCOUNT), ({ subject }) => asked.push(subject));
  stage.memory.thaw('e2');
  // What is answered is not asked again.
  await gateway.client.call('get_all_contracts');
  const later = performance.now() + 400;
  await until(() => {
    expect(performance.now()).toBeGreaterThan(later);
  });
  expect(asked).toHaveLength(1);
});

test('what must be of now does not wait for a long history', async () => {
  const stage = new Stage();
  const engine = new ScriptedEngine();
  await stage.edge(engine);
  const gateway = await stage.connected();
  let release: () => void = () => undefined;
  engine.hooks.set('query_history', () => new Promise<void>((resolve) => (release = resolve)));
  const range = { symbol: 'rb2705', exchange: Exchange.SHFE, start: new Date(0), interval: Interval.MINUTE };
  const history = gateway.queryHistory(new HistoryRequest(range));
  await until(() => {
    expect(engine.calls).toContain('query_history CTP');
  });
  // Nobody has told of it.
  engine.orders.push(order('9'));
  await gateway.resync();
  expect(gateway.orders.has('CTP.9')).toBe(true);
  const before = engine.calls.length;
  const second = gateway.queryHistory(new HistoryRequest(range));
  await gateway.resync();
  expect(engine.calls.slice(before).filter((name) => name.startsWith('query_history'))).toEqual([]);
  release();
  await until(() => {
    expect(engine.calls.slice(before)).toContain('query_history CTP');
  });
  release();
  await Promise.all([history, second]);
});

test('an answer that is larger than a message comes in parts', async () => {
  const stage = new Stage({ maxPayload: 20_000 });
  const engine = new ScriptedEngine();
  engine.contracts = Array.from({ length: 2000 }, (_, index) => contract(`rb${index}`));
  await stage.edge(engine);
  const gateway = await stage.connected();
  expect(gateway.contracts.size).toBe(2000);
});

test('with ticks for all, those of others come too', async () => {
  const stage = new Stage();
  const engine = new ScriptedEngine();
  await stage.edge(engine);
  const gateway = await stage.connected({ ticks: 'all' });
  engine.tellTick(tick(3333));
  await until(() => {
    expect(gateway.ticks.get('rb2705.SHFE')?.last_price).toBe(3333);
  });
});
