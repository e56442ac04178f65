import { describe, expect, test } from 'vitest';
import { SendOrderError } from 'vnpy-bridge/vnpy';
import type { ResyncReport } from 'vnpy-bridge/vnpy';
import type { ClusterGateway } from '../../../src/cluster/client/gateway.js';
import { ScriptedEngine, order, orderRequest, tick } from '../../vnpy/support.js';
import { ACCOUNT, FakeHolding, SUBJECTS, Stage, until } from '../support/stage.js';

// What goes wrong on the way: no order is executed after its deadline, nor after its caller heard that it was not sent.

const failureOf = async (sending: Promise<string>): Promise<SendOrderError> => {
  const failure: unknown = await sending.catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(SendOrderError);
  return failure as SendOrderError;
};

/** Resolves when so much time has passed. */
const passed = (ms: number): Promise<void> => {
  const end = performance.now() + ms;
  return until(() => {
    expect(performance.now()).toBeGreaterThan(end);
  });
};

const isConnected = (gateway: ClusterGateway): Promise<void> =>
  until(() => {
    expect(gateway.status().state).toBe('connected');
  });

const isDisconnected = (gateway: ClusterGateway): Promise<void> =>
  until(() => {
    expect(gateway.status().state).toBe('disconnected');
  });

const nextResync = (gateway: ClusterGateway): Promise<ResyncReport> =>
  new Promise((resolve) => {
    const end = gateway.on('resynced', (report) => {
      end();
      resolve(report);
    });
  });

describe('orders', () => {
  test('an edge that was paused with an order in its socket does not execute it after its deadline', async () => {
    const stage = new Stage();
    const engine = new ScriptedEngine();
    const edge = await stage.edge(engine);
    const gateway = await stage.connected({ commandBudget: 100, beatTimeout: 5000 });
    stage.memory.pause('e1');
    expect(await failureOf(gateway.sendOrder(orderRequest(), { timeout: 200 }))).toMatchObject({ outcome: 'unknown' });
    stage.memory.thaw('e1');
    await until(() => {
      // A comparison that was under way may be one more.
      expect(edge.status()?.received.refused).toHaveProperty('expired');
    });
    expect(engine.requests).toEqual([]);
  });

  test('an order that was swallowed by the network and comes late is not executed', async () => {
    const stage = new Stage();
    const engine = new ScriptedEngine();
    const edge = await stage.edge(engine);
    const gateway = await stage.connected({ commandBudget: 100, beatTimeout: 5000 });
    stage.memory.blackHole('cta');
    expect(await failureOf(gateway.sendOrder(orderRequest(), { timeout: 150 }))).toMatchObject({ outcome: 'unknown' });
    stage.memory.heal('cta');
    await until(() => {
      // A comparison that was under way may be one more.
      expect(edge.status()?.received.refused).toHaveProperty('expired');
    });
    expect(engine.requests).toEqual([]);
  });

  test('an order that waits behind another at the edge is not begun after its deadline', async () => {
    const stage = new Stage();
    const engine = new ScriptedEngine();
    await stage.edge(engine);
    // The first order has to begin within it, on a machine that does other things, too.
    const gateway = await stage.connected({ commandBudget: 500, timeouts: { request: 10_000 } });
    let release: () => void = () => undefined;
    engine.onSendOrder = () =>
      new Promise((resolve) => {
        release = () => {
          resolve('CTP.1');
        };
      });
    const first = gateway.sendOrder(orderRequest());
    await until(() => {
      expect(engine.requests).toHaveLength(1);
    });
    const second = failureOf(gateway.sendOrder(orderRequest()));
    await passed(520);
    release();
    expect(await first).toBe('CTP.1');
    expect(await second).toMatchObject({ outcome: 'not-sent', message: /deadline/ });
    expect(engine.requests).toHaveLength(1);
  });

  test('without a connection an order is not sent, and never will be', async () => {
    const stage = new Stage();
    const engine = new ScriptedEngine();
    await stage.edge(engine);
    const gateway = await stage.connected();
    stage.memory.cut('cta');
    expect(await failureOf(gateway.sendOrder(orderRequest()))).toMatchObject({ outcome: 'not-sent' });
    stage.memory.restore('cta');
    await isConnected(gateway);
    await gateway.resync();
    expect(engine.requests).toEqual([]);
  });

  test('without beats nothing leaves', async () => {
    const stage = new Stage();
    const engine = new ScriptedEngine();
    await stage.edge(engine);
    const gateway = await stage.connected({ beatTimeout: 150 });
    const lost = stage.memory.drop(SUBJECTS.beats(ACCOUNT));
    await isDisconnected(gateway);
    expect(await failureOf(gateway.sendOrder(orderRequest()))).toMatchObject({ outcome: 'not-sent' });
    lost.end();
    await isConnected(gateway);
    expect(engine.requests).toEqual([]);
  });

  test('an order whose answer is lost is unknown, was executed once, and is found', async () => {
    const stage = new Stage();
    const engine = new ScriptedEngine();
    await stage.edge(engine);
    engine.onSendOrder = () => {
      engine.tellOrder(order('7', { reference: 'mine' }));
      return 'CTP.7';
    };
    const gateway = await stage.connected();
    const lost = stage.memory.drop('_IN.cta.>', { client: 'e1' });
    const sending = gateway.sendOrder(orderRequest({ reference: 'mine' }), { timeout: 100 });
    expect(await failureOf(sending)).toMatchObject({
      outcome: 'unknown',
      key: expect.stringMatching(/^vb-/) as string,
    });
    lost.end();
    const found = await gateway.findOrder('mine', { timeout: 10_000 });
    expect(found?.vt_orderid).toBe('CTP.7');
    expect(engine.requests).toHaveLength(1);
  });

  test('nobody listens: it is certain that nothing was done', async () => {
    const stage = new Stage();
    const engine = new ScriptedEngine();
    const holding = new FakeHolding(3);
    await stage.edge(engine, { holding });
    const gateway = await stage.connected();
    // Its beats do not tell it yet.
    stage.memory.drop(SUBJECTS.beats(ACCOUNT));
    holding.become('passive');
    const failure = await failureOf(gateway.sendOrder(orderRequest(), { timeout: 5000 }));
    expect(failure).toMatchObject({ outcome: 'not-sent', message: /no edge listens/ });
    expect(engine.requests).toEqual([]);
  });

  test('what the server does not allow was not sent', async () => {
    const stage = new Stage();
    const engine = new ScriptedEngine();
    await stage.edge(engine);
    const gateway = await stage.connected();
    stage.memory.deny('cta', { publish: [SUBJECTS.calls('cmd', ACCOUNT)] });
    const failure = await failureOf(gateway.sendOrder(orderRequest(), { timeout: 5000 }));
    expect(failure).toMatchObject({ outcome: 'not-sent', message: /does not allow it/ });
    expect(engine.requests).toEqual([]);
  });
});

describe('a takeover', () => {
  test('a gateway goes to the edge that has taken the account over, and compares', async () => {
    const stage = new Stage();
    const [first, second] = [new ScriptedEngine(), new ScriptedEngine()];
    const [one, two] = [new FakeHolding(1), new FakeHolding()];
    await stage.edge(first, { holding: one, edge: 'e1' });
    await stage.edge(second, { holding: two, edge: 'e2' });
    const gateway = await stage.connected();
    await gateway.sendOrder(orderRequest());
    second.orders.push(order('5'));
    const resynced = nextResync(gateway);
    one.become('passive');
    two.become('active', 2);
    expect((await resynced).missed.order.map(({ vt_orderid: id }) => id)).toEqual(['CTP.5']);
    expect(gateway.edge()).toMatchObject({ edge: 'e2', epoch: 2 });
    await gateway.sendOrder(orderRequest());
    expect([first.requests.length, second.requests.length]).toEqual([1, 1]);
  });

  test('an order to an edge that was paused, and lost the account, is executed by neither', async () => {
    const stage = new Stage();
    const [first, second] = [new ScriptedEngine(), new ScriptedEngine()];
    const [one, two] = [new FakeHolding(1), new FakeHolding()];
    const edge = await stage.edge(first, { holding: one, edge: 'e1' });
    await stage.edge(second, { holding: two, edge: 'e2' });
    const gateway = await stage.connected({ beatTimeout: 5000, commandBudget: 60_000 });
    stage.memory.pause('e1');
    const sending = failureOf(gateway.sendOrder(orderRequest()));
    two.become('active', 2);
    // It is told that another edge has it now: what became of the order is not known.
    expect(await sending).toMatchObject({ outcome: 'unknown' });
    one.become('passive');
    stage.memory.thaw('e1');
    await isConnected(gateway);
    expect(gateway.edge()?.edge).toBe('e2');
    expect(edge.status()?.state).toBe('passive');
    expect([first.requests.length, second.requests.length]).toEqual([0, 0]);
  });

  test('a command for an older lease is refused', async () => {
    const stage = new Stage();
    const engine = new ScriptedEngine();
    const holding = new FakeHolding(1);
    const edge = await stage.edge(engine, { holding });
    const gateway = await stage.connected();
    const held = stage.memory.hold(SUBJECTS.calls('cmd', ACCOUNT));
    const sending = failureOf(gateway.sendOrder(orderRequest()));
    await until(() => {
      expect(held.met).toBe(1);
    });
    holding.become('active', 2);
    held.end();
    held.release();
    await sending;
    await until(() => {
      expect(edge.status()?.received.refused).toEqual({ 'other-epoch': 1 });
    });
    expect(engine.requests).toEqual([]);
  });

  test('ticks of an edge that has lost the account are not live', async () => {
    const stage = new Stage();
    const [first, second] = [new ScriptedEngine(), new ScriptedEngine()];
    const [one, two] = [new FakeHolding(1), new FakeHolding()];
    await stage.edge(first, { holding: one, edge: 'e1' });
    await stage.edge(second, { holding: two, edge: 'e2' });
    const gateway = await stage.connected();
    const seen: number[] = [];
    await gateway.subscribe('rb2705.SHFE');
    gateway.on('tick', ({ last_price: price }) => seen.push(price));
    const resynced = nextResync(gateway);
    // The first does not know yet that it has lost it.
    two.become('active', 2);
    await resynced;
    first.tellTick(tick(3000));
    await until(() => {
      expect(gateway.eventCounts().stale).toBe(1);
    });
    second.tellTick(tick(3001));
    await until(() => {
      expect(seen).toEqual([3001]);
    });
    expect(gateway.liveTick('rb2705.SHFE')?.last_price).toBe(3001);
  });

  test('an edge that was started again is another run: the gateway compares', async () => {
    const stage = new Stage();
    const engine = new ScriptedEngine();
    const edge = await stage.edge(engine);
    const gateway = await stage.connected();
    await edge.stop();
    engine.orders.push(order('9'));
    const resynced = nextResync(gateway);
    await stage.edge(engine, { transport: stage.connect('e1-again') });
    expect((await resynced).missed.order).toHaveLength(1);
    expect(gateway.orders.has('CTP.9')).toBe(true);
  });
});

describe('ticks', () => {
  test('those of an edge whose beats do not come for a while are not lost', async () => {
    const stage = new Stage();
    const engine = new ScriptedEngine();
    await stage.edge(engine);
    const gateway = await stage.connected({ beatTimeout: 150 });
    await gateway.subscribe('rb2705.SHFE');
    const seen: number[] = [];
    gateway.on('tick', ({ last_price: price }) => seen.push(price));
    engine.tellTick(tick(3000));
    const lost = stage.memory.drop(SUBJECTS.beats(ACCOUNT));
    await isDisconnected(gateway);
    engine.tellTick(tick(3001));
    lost.end();
    await isConnected(gateway);
    engine.tellTick(tick(3002));
    await until(() => {
      expect(seen).toEqual([3000, 3001, 3002]);
    });
    expect(gateway.eventCounts()).toMatchObject({ missedTicks: 0, stale: 0 });
  });

  test('those of an edge that was silent are not taken once another holds the account', async () => {
    const stage = new Stage();
    const [first, second] = [new ScriptedEngine(), new ScriptedEngine()];
    const [one, two] = [new FakeHolding(1), new FakeHolding()];
    await stage.edge(first, { holding: one, edge: 'e1' });
    await stage.edge(second, { holding: two, edge: 'e2' });
    const gateway = await stage.connected({ beatTimeout: 150 });
    await gateway.subscribe('rb2705.SHFE');
    const seen: number[] = [];
    gateway.on('tick', ({ last_price: price }) => seen.push(price));
    stage.memory.drop(SUBJECTS.beat(ACCOUNT, 'e1'));
    await isDisconnected(gateway);
    // It does not let anybody in yet, and its beats tell that it has the account.
    stage.memory.drop(SUBJECTS.call('q1', ACCOUNT, 'cta', 'hello'));
    two.become('active', 2);
    first.tellTick(tick(3000));
    await until(() => {
      expect(gateway.eventCounts().stale).toBe(1);
    });
    expect(seen).toEqual([]);
  });
});

describe('events', () => {
  test('a gap leads to a comparison', async () => {
    const stage = new Stage();
    const engine = new ScriptedEngine();
    await stage.edge(engine);
    const gateway = await stage.settled({ renewInterval: 60_000 });
    stage.memory.drop(SUBJECTS.events(ACCOUNT, 'cta'), { times: 1 });
    engine.tellOrder(order('1'));
    engine.tellOrder(order('2'));
    await until(() => {
      expect([...gateway.orders.keys()].sort()).toEqual(['CTP.1', 'CTP.2']);
    });
    expect(gateway.eventCounts().missedEvents).toBe(1);
  });

  test('that the last event did not come is found without another one', async () => {
    const stage = new Stage();
    const engine = new ScriptedEngine();
    await stage.edge(engine);
    const gateway = await stage.settled();
    stage.memory.drop(SUBJECTS.events(ACCOUNT, 'cta'), { times: 1 });
    engine.tellOrder(order('1'));
    await until(() => {
      expect(gateway.orders.has('CTP.1')).toBe(true);
    });
    expect(gateway.eventCounts().missedEvents).toBe(1);
  });

  test('events that come in another order: the older is dropped, and nothing is missing in the end', async () => {
    const stage = new Stage();
    const engine = new ScriptedEngine();
    await stage.edge(engine);
    const gateway = await stage.settled({ renewInterval: 60_000 });
    const held = stage.memory.hold(SUBJECTS.events(ACCOUNT, 'cta'), { times: 2 });
    engine.tellOrder(order('1', { traded: 1 }));
    engine.tellOrder(order('1', { traded: 2 }));
    held.release('reversed');
    await until(() => {
      // The gap, and the number that was behind it.
      expect(gateway.eventCounts().missedEvents).toBe(2);
    });
    await gateway.resync();
    expect(gateway.orders.get('CTP.1')?.traded).toBe(2);
  });

  test('a number far ahead that somebody else has published makes nobody deaf', async () => {
    const stage = new Stage();
    const engine = new ScriptedEngine();
    const edge = await stage.edge(engine);
    const gateway = await stage.settled({ renewInterval: 60_000 });
    const heard: Uint8Array[] = [];
    const forger = stage.connect('forger');
    forger.subscribe(SUBJECTS.events(ACCOUNT, 'cta'), ({ payload }) => heard.push(payload.slice()));
    engine.tellOrder(order('1'));
    await until(() => {
      expect(heard).toHaveLength(1);
    });
    const message = Buffer.from(heard[0] ?? []);
    message.writeUIntBE(1_000_000, 18, 6);
    forger.publish(SUBJECTS.event(ACCOUNT, 'cta', 'order'), message);
    await until(() => {
      expect(gateway.eventCounts().missedEvents).toBeGreaterThan(1000);
    });
    for (const id of ['2', '3', '4']) engine.tellOrder(order(id));
    await until(() => {
      expect([...gateway.orders.keys()].sort()).toEqual(['CTP.1', 'CTP.2', 'CTP.3', 'CTP.4']);
    });
    expect(edge.status()?.clients).toBe(1);
  });

  test('a client that the edge has forgotten connects anew, and compares', async () => {
    const stage = new Stage();
    const engine = new ScriptedEngine();
    const edge = await stage.edge(engine, { clientTimeout: 100 });
    const gateway = await stage.connected({ renewInterval: 50 });
    const lost = stage.memory.drop(SUBJECTS.call('q1', ACCOUNT, 'cta', 'hello'));
    await until(() => {
      expect(edge.status()?.clients).toBe(0);
    });
    engine.tellOrder(order('3'));
    lost.end();
    await until(() => {
      expect(gateway.orders.has('CTP.3')).toBe(true);
    });
  });

  test('after a cut all that was missed comes', async () => {
    const stage = new Stage();
    const engine = new ScriptedEngine();
    await stage.edge(engine);
    const gateway = await stage.connected();
    stage.memory.cut('cta');
    await isDisconnected(gateway);
    const resynced = nextResync(gateway);
    engine.tellOrder(order('4'));
    stage.memory.restore('cta');
    expect(await resynced).toMatchObject({ reason: 'reconnected', missed: { order: [{ orderid: '4' }] } });
  });
});
