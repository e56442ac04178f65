import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Guard, GuardError, PolicyError } from 'vnpy-bridge/guard';
import {
  CancelRequest,
  Direction,
  Event,
  EventType,
  Exchange,
  Offset,
  OrderRequest,
  OrderType,
  SendOrderError,
  SimulatedEngine,
  SubscribeRequest,
} from 'vnpy-bridge/vnpy';
import type { OrderData, OrderRequestInit, TradingEngine } from 'vnpy-bridge/vnpy';
import { ScriptedEngine, order } from '../vnpy/support.js';

const ROLES = {
  viewer: { functions: ['get_*', 'subscribe', 'query_history'] },
  trader: {
    extends: ['viewer'],
    functions: ['send_order', 'cancel_order'],
    symbols: ['*.SHFE'],
    see: 'own',
    rights: ['halt'],
    limits: { orderVolume: 10, openOrders: 3 },
  },
  chief: { extends: ['viewer'], functions: ['send_order', 'cancel_order'], cancel: 'all', rights: ['halt', 'resume'] },
};

const POLICY = {
  version: 1,
  audit: false,
  roles: ROLES,
  principals: {
    'desk-1': { plainUser: 'desk-1', roles: ['trader'] },
    'desk-2': { plainUser: 'desk-2', roles: ['trader'] },
    screen: { plainUser: 'screen', roles: ['viewer'] },
    chief: { plainUser: 'chief', roles: ['chief'] },
  },
};

const QUIET = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

async function opened(policy: object = POLICY): Promise<Guard> {
  const guard = await Guard.open(policy, { logger: QUIET });
  onTestFinished(() => guard.close());
  return guard;
}

/** A market with a tick of rb2705. */
function market(): SimulatedEngine {
  const engine = new SimulatedEngine({ seed: 1 });
  engine.subscribe(new SubscribeRequest({ symbol: 'rb2705', exchange: Exchange.SHFE }), 'SIM');
  engine.step();
  return engine;
}

/** Far below the market: it works until it is cancelled. */
function buy(engine: SimulatedEngine, changes: Partial<OrderRequestInit> = {}): OrderRequest {
  const tick = engine.getTick('rb2705.SHFE');
  return new OrderRequest({
    symbol: 'rb2705',
    exchange: Exchange.SHFE,
    direction: Direction.LONG,
    type: OrderType.LIMIT,
    volume: 1,
    price: Math.round((tick?.limit_down ?? 0) + 10),
    offset: Offset.OPEN,
    ...changes,
  });
}

async function refusal(promise: Promise<unknown>): Promise<{ rule: string; message: string }> {
  const error = await promise.then(
    () => expect.fail('it was not refused'),
    (cause: unknown) => cause,
  );
  const cause = error instanceof SendOrderError ? error.cause : error;
  if (error instanceof SendOrderError) expect(error.outcome).toBe('refused');
  expect(cause).toBeInstanceOf(GuardError);
  const { rule, message } = cause as GuardError;
  return { rule, message };
}

describe('an engine behind a guard', () => {
  test('takes the orders of a trader, within the limits', async () => {
    const engine = market();
    const guard = await opened();
    const desk = guard.engineFor('desk-1', engine);
    const id = await desk.sendOrder(buy(engine), 'SIM');
    expect(engine.getOrder(id)?.volume).toBe(1);
    expect(await refusal(desk.sendOrder(buy(engine, { volume: 11 }), 'SIM'))).toEqual({
      rule: 'orderVolume',
      message: expect.stringMatching(/^\[orderVolume\] order volume 11 is more than desk-1's limit of 10$/) as string,
    });
    expect(engine.getAllOrders()).toHaveLength(1);
    const error = await desk.sendOrder(buy(engine, { volume: 12 }), 'SIM').catch((cause: unknown) => cause);
    const numbers = { rule: 'orderVolume', limit: 10, value: 12 };
    expect(error).toMatchObject({ ...numbers, cause: numbers });
    const shapeless = await desk.sendOrder(buy(engine, { volume: 0.5 }), 'SIM').catch((cause: unknown) => cause);
    expect(shapeless).toMatchObject({ rule: 'shape', limit: undefined, value: undefined });
  });

  test('a burst in one turn does not pass a limit', async () => {
    const engine = market();
    const guard = await opened();
    const desk = guard.engineFor('desk-1', engine);
    const sent = await Promise.allSettled(Array.from({ length: 20 }, () => desk.sendOrder(buy(engine), 'SIM')));
    expect(sent.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    expect(engine.getAllActiveOrders()).toHaveLength(3);
  });

  test('refuses what no role allows', async () => {
    const engine = market();
    const guard = await opened();
    expect((await refusal(guard.engineFor('screen', engine).sendOrder(buy(engine), 'SIM'))).rule).toBe('function');
    const foreign = buy(engine, { symbol: '600000', exchange: Exchange.SSE });
    expect((await refusal(guard.engineFor('desk-1', engine).sendOrder(foreign, 'SIM'))).rule).toBe('symbol');
    expect(() => guard.engineFor('nobody', engine)).toThrow(GuardError);
  });

  test('a desk sees and cancels its own orders alone', async () => {
    const engine = market();
    const guard = await opened();
    const [one, two] = [guard.engineFor('desk-1', engine), guard.engineFor('desk-2', engine)];
    const seen: string[] = [];
    two.on('event', ({ type, data }) => {
      if (type === EventType.ORDER) seen.push((data as OrderData).vt_orderid);
    });
    const id = await one.sendOrder(buy(engine), 'SIM');
    const own = await two.sendOrder(buy(engine), 'SIM');
    expect((await one.getAllOrders()).map(({ vt_orderid: each }) => each)).toEqual([id]);
    expect(await two.getOrder(id)).toBeUndefined();
    expect(new Set(seen)).toEqual(new Set([own]));
    const cancel = new CancelRequest({ orderid: id.slice(4), symbol: 'rb2705', exchange: Exchange.SHFE });
    expect((await refusal(two.cancelOrder(cancel, 'SIM'))).rule).toBe('owner');
    expect(engine.getOrder(id)?.isActive()).toBe(true);
    await one.cancelOrder(cancel, 'SIM');
    expect(engine.getOrder(id)?.isActive()).toBe(false);
    const chief = guard.engineFor('chief', engine);
    await chief.cancelOrder(
      new CancelRequest({ orderid: own.slice(4), symbol: 'rb2705', exchange: Exchange.SHFE }),
      'SIM',
    );
    expect(engine.getOrder(own)?.isActive()).toBe(false);
  });

  test('the first events of an own order come though they come before its id', async () => {
    const engine = new ScriptedEngine();
    const guard = await opened({ ...POLICY, principals: { local: { roles: ['trader'] } } });
    const desk = guard.engineFor('local', engine);
    const seen: string[] = [];
    desk.on('event', ({ data }) => seen.push((data as OrderData).vt_orderid));
    const market = new SimulatedEngine();
    engine.onSendOrder = () => {
      // A gateway that keeps no reference: nothing tells whose it is.
      engine.tellOrder(order('7', { volume: 1 }));
      engine.tellOrder(order('8', { volume: 1 }));
      return 'CTP.7';
    };
    await desk.sendOrder(buy(market, { price: 3000 }), 'CTP');
    expect(seen).toEqual(['CTP.7']);
  });
});

test('a cancel counts for its contract though the server has not told of the order yet', async () => {
  const engine = new ScriptedEngine();
  const limits = { cancelsPerDay: { perSymbol: 1 }, largeCancels: { lots: 1, max: 1 } };
  const guard = await opened({ ...POLICY, roles: { ...ROLES, trader: { ...ROLES.trader, limits } } });
  const desk = guard.engineFor('desk-1', engine);
  const request = buy(new SimulatedEngine(), { price: 3000 });
  await desk.sendOrder(request, 'CTP');
  expect(engine.getOrder('CTP.1')).toBeUndefined();
  await desk.cancelOrder(new CancelRequest({ orderid: '1', symbol: 'rb2705', exchange: Exchange.SHFE }), 'CTP');
  expect(engine.cancels).toHaveLength(1);
  expect((await refusal(desk.sendOrder(request, 'CTP'))).rule).toBe('cancelsPerDay');
  const { steps } = guard.explain('desk-1', { function: 'send_order', order: request, gatewayName: 'CTP' });
  expect(steps.find(({ rule }) => rule === 'largeCancels')).toMatchObject({ outcome: 'refused', value: 2 });
});

test.each(['rights', 'limits'])('a refusal by %s counts once in "refusals"', async (by) => {
  const engine = market();
  const limits = { orderVolume: 1, refusals: { count: 3, then: 'halt' as const } };
  const guard = await opened({ ...POLICY, roles: { ...ROLES, trader: { ...ROLES.trader, limits } } });
  const desk = guard.engineFor('desk-1', engine);
  const wrong = by === 'limits' ? buy(engine, { volume: 2 }) : buy(engine, { symbol: 'x', exchange: Exchange.SSE });
  for (let times = 1; times <= 3; times++) {
    expect(guard.status().halts).toEqual([]);
    expect((await refusal(desk.sendOrder(wrong, 'SIM'))).rule).toBe(by === 'limits' ? 'orderVolume' : 'symbol');
  }
  expect(guard.status().halts).toMatchObject([{ who: 'refusals', scope: { kind: 'principal', name: 'desk-1' } }]);
});

describe('a halt', () => {
  test('refuses orders, cancels what works, and ends by who may end it', async () => {
    const engine = market();
    const guard = await opened();
    const desk = guard.engineFor('desk-1', engine);
    const id = await desk.sendOrder(buy(engine), 'SIM');
    const { halt, report } = await guard.halt({ by: 'desk-2', reason: 'too fast' });
    expect(report).toMatchObject({ isDone: true, cancelled: [id], unknown: [] });
    expect(engine.getOrder(id)?.isActive()).toBe(false);
    const { rule, message } = await refusal(desk.sendOrder(buy(engine), 'SIM'));
    expect(rule).toBe('halt');
    expect(message).toContain('by desk-2: too fast');
    await expect(guard.resume({ id: halt.id, by: 'desk-1', reason: 'again' })).rejects.toThrow(/resume/);
    await guard.resume({ id: halt.id, by: 'chief', reason: 'seen to' });
    await desk.sendOrder(buy(engine), 'SIM');
  });

  test('is told when it begins and when it ends, until nobody listens', async () => {
    const guard = await opened();
    const told: number[] = [];
    const end = guard.onHalt(() => told.push(guard.status().halts.length));
    const { halt } = await guard.halt({ by: 'desk-1', reason: 'too fast', cancel: false });
    await guard.resume({ id: halt.id, by: 'chief', reason: 'seen to' });
    expect(told).toEqual([1, 0]);
    end();
    await guard.halt({ by: 'desk-1', reason: 'again', cancel: false });
    expect(told).toEqual([1, 0]);
  });

  test('is ended by two persons where the policy says so, none of them the one who was halted', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-12-01T10:00:00+08:00') });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const guard = await opened({
      ...POLICY,
      resumeBy: 2,
      principals: { ...POLICY.principals, chief2: { plainUser: 'chief2', roles: ['chief'] } },
    });
    const halted = { kind: 'principal', name: 'chief2' } as const;
    const { halt } = await guard.halt({ by: 'desk-1', reason: 'too fast', cancel: false, scope: halted });
    const says = (by: string, id = halt.id): Promise<string> =>
      guard.resume({ id, by, reason: 'seen to' }).then(
        (ended) => `ended ${ended.length}`,
        (error: unknown) => (error as { readonly code: string }).code,
      );
    expect([await says('chief2'), await says('chief'), await says('chief')]).toEqual([
      'NOT_ALLOWED',
      'SECOND_PERSON',
      'SECOND_PERSON',
    ]);
    // His word is over after ten minutes.
    vi.setSystemTime(Date.now() + 600_000);
    expect(await says('a person')).toBe('SECOND_PERSON');
    expect(guard.status().halts).toHaveLength(1);
    expect(await says('chief')).toBe('ended 1');
    // A later halt wants two again, also among all.
    await guard.halt({ by: 'desk-1', reason: 'again', cancel: false });
    expect([await says('chief', 'all'), await says('a person', 'all')]).toEqual(['SECOND_PERSON', 'ended 1']);
  });

  test('is refused to who has not the right', async () => {
    const guard = await opened();
    expect((await refusal(guard.halt({ by: 'screen', reason: 'x' }))).message).toContain('halt');
    expect(guard.status().halts).toEqual([]);
  });

  test('of level reduce lets a position be closed', async () => {
    const engine = market();
    const guard = await opened();
    const chief = guard.engineFor('chief', engine);
    const price = engine.getTick('rb2705.SHFE')?.limit_up ?? 0;
    await chief.sendOrder(buy(engine, { price }), 'SIM');
    await guard.halt({ level: 'reduce', by: 'chief', reason: 'the day is over' });
    expect((await refusal(chief.sendOrder(buy(engine, { price }), 'SIM'))).rule).toBe('halt');
    const close = {
      direction: Direction.SHORT,
      offset: Offset.CLOSETODAY,
      price: engine.getTick('rb2705.SHFE')?.limit_down ?? 0,
    };
    await chief.sendOrder(buy(engine, close), 'SIM');
    expect((await refusal(chief.sendOrder(buy(engine, close), 'SIM'))).rule).toBe('halt');
  });
});

describe('an unknown outcome', () => {
  test('keeps what it holds until a person releases it', async () => {
    const engine = new ScriptedEngine();
    const guard = await opened({
      ...POLICY,
      roles: { ...ROLES, trader: { ...ROLES.trader, limits: { openOrders: 1 } } },
    });
    const desk = guard.engineFor('desk-1', engine);
    const request = buy(new SimulatedEngine(), { price: 3000, reference: 'r-1' });
    engine.onSendOrder = () => {
      throw new SendOrderError('unknown', 'no answer', { reference: 'r-1' });
    };
    await expect(desk.sendOrder(request, 'CTP')).rejects.toMatchObject({ outcome: 'unknown' });
    expect(guard.status().unknown).toMatchObject([{ principal: 'desk-1', reference: 'r-1' }]);
    expect((await refusal(desk.sendOrder(request, 'CTP'))).rule).toBe('openOrders');
    await expect(guard.resume({ id: 'all', by: 'chief', reason: 'x' })).rejects.toThrow(/unknown/);
    expect(guard.release('r-1', 'chief', 'the broker says no')).toBe(true);
    engine.onSendOrder = () => 'CTP.2';
    expect(await desk.sendOrder(request, 'CTP')).toBe('CTP.2');
  });
});

describe('a policy in a file', () => {
  function folder(): string {
    const path = mkdtempSync(join(tmpdir(), 'guard-'));
    onTestFinished(() => {
      rmSync(path, { recursive: true, force: true });
    });
    return path;
  }

  function write(path: string, policy: object): void {
    writeFileSync(path, JSON.stringify(policy), { mode: 0o600 });
  }

  test('holds after a change of the file, and a bad one changes nothing', async () => {
    const path = join(folder(), 'policy.json');
    write(path, POLICY);
    const guard = await Guard.open(path, { logger: QUIET });
    onTestFinished(() => guard.close());
    const engine = market();
    const desk = guard.engineFor('desk-1', engine);
    await desk.sendOrder(buy(engine), 'SIM');
    write(path, { ...POLICY, roles: { ...ROLES, trader: { ...ROLES.trader, limits: { orderVolume: false } } } });
    await vi.waitFor(() => {
      expect(guard.status().policy.generation).toBe(2);
    });
    expect((await refusal(desk.sendOrder(buy(engine), 'SIM'))).rule).toBe('orderVolume');
    write(path, { ...POLICY, version: 2 });
    await vi.waitFor(() => {
      expect(guard.status().policy.error).toBeDefined();
    });
    expect(guard.status().policy.generation).toBe(2);
  });

  test('counts, halts and the audit outlive the process', async () => {
    const path = join(folder(), 'policy.json');
    write(path, {
      ...POLICY,
      audit: 'audit.jsonl',
      roles: { ...ROLES, trader: { ...ROLES.trader, limits: { ordersPerDay: 2 } } },
    });
    const engine = market();
    const open = (): Promise<Guard> => Guard.open(path, { logger: QUIET });
    let guard = await open();
    await guard.engineFor('desk-1', engine).sendOrder(buy(engine), 'SIM');
    await guard.halt({ by: 'chief', reason: 'night', cancel: false });
    await guard.close();
    guard = await open();
    onTestFinished(() => guard.close());
    const desk = guard.engineFor('desk-1', engine);
    expect((await refusal(desk.sendOrder(buy(engine), 'SIM'))).rule).toBe('halt');
    await guard.resume({ id: 'all', by: 'chief', reason: 'morning' });
    const second = await desk.sendOrder(buy(engine), 'SIM');
    expect((await refusal(desk.sendOrder(buy(engine), 'SIM'))).rule).toBe('ordersPerDay');
    await vi.waitFor(() => {
      const lines = readFileSync(join(path, '../audit.jsonl'), 'utf8').trim().split('\n');
      const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(entries.filter(({ kind, outcome }) => kind === 'decided' && outcome === 'passed')).toHaveLength(2);
      expect(entries.find(({ vt_orderid: id }) => id === second)).toMatchObject({ kind: 'result', outcome: 'sent' });
      expect(entries.filter(({ rule }) => rule === 'ordersPerDay')).toHaveLength(1);
    });
  });

  test('a crash loses no order that had left: the audit tells of it', async () => {
    const path = join(folder(), 'policy.json');
    write(path, {
      ...POLICY,
      audit: 'audit.jsonl',
      roles: { ...ROLES, trader: { ...ROLES.trader, limits: { ordersPerDay: 4, openOrders: 10 } } },
    });
    const engine = market();
    let guard = await Guard.open(path, { logger: QUIET });
    const counts = join(path, '../policy.state/counts.json');
    const atFirst = readFileSync(counts, 'utf8');
    const desk = guard.engineFor('desk-1', engine);
    const id = await desk.sendOrder(buy(engine), 'SIM');
    await desk.sendOrder(buy(engine), 'SIM');
    await refusal(desk.sendOrder(buy(engine, { volume: 0.5 }), 'SIM'));
    await guard.close();
    // As if the process had been killed before the counts were written, and before the second answer was.
    writeFileSync(counts, atFirst);
    const audit = join(path, '../audit.jsonl');
    const lines = readFileSync(audit, 'utf8').split('\n');
    const cut = lines.findLastIndex((line) => line.includes('"kind":"result"'));
    writeFileSync(
      audit,
      lines
        .slice(0, cut)
        .map((line) => `${line}\n`)
        .join(''),
    );
    guard = await Guard.open(path, { logger: QUIET });
    onTestFinished(() => guard.close());
    expect(guard.status().unknown).toHaveLength(1);
    const again = guard.engineFor('desk-1', engine);
    expect((await again.getOrder(id))?.vt_orderid).toBe(id);
    await again.sendOrder(buy(engine), 'SIM');
    await again.sendOrder(buy(engine), 'SIM');
    expect((await refusal(again.sendOrder(buy(engine), 'SIM'))).rule).toBe('ordersPerDay');
  });

  test('an audit whose counts were taken away halts all', async () => {
    const path = join(folder(), 'policy.json');
    write(path, { ...POLICY, audit: 'audit.jsonl' });
    await (await Guard.open(path, { logger: QUIET })).close();
    rmSync(join(path, '../policy.state'), { recursive: true });
    const guard = await Guard.open(path, { logger: QUIET });
    onTestFinished(() => guard.close());
    expect(guard.status().halts).toMatchObject([{ level: 'halt', scope: { kind: 'all' } }]);
  });

  test('the file HALT halts, and keeps the halt while it lies there', async () => {
    const path = join(folder(), 'policy.json');
    write(path, POLICY);
    const guard = await Guard.open(path, { logger: QUIET });
    onTestFinished(() => guard.close());
    const file = join(path, '../HALT');
    writeFileSync(file, 'the exchange is on fire');
    await vi.waitFor(
      () => {
        expect(guard.status().halts).toMatchObject([{ why: expect.stringContaining('on fire') as string }]);
      },
      { timeout: 10_000 },
    );
    await expect(guard.resume({ id: 'all', by: 'chief', reason: 'out' })).rejects.toThrow(/HALT lies there/);
  });

  test('counts that cannot be read are told, and not written over', async () => {
    const path = join(folder(), 'policy.json');
    write(path, POLICY);
    await (await Guard.open(path, { logger: QUIET })).close();
    const counts = join(path, '../policy.state/counts.json');
    for (const text of ['{"version":9}', '{"versi']) {
      writeFileSync(counts, text);
      await expect(Guard.open(path, { logger: QUIET })).rejects.toThrow(/counts\.json/);
      expect(readFileSync(counts, 'utf8')).toBe(text);
    }
  });

  test('has a state that one process owns', async () => {
    const path = join(folder(), 'policy.json');
    write(path, POLICY);
    const guard = await Guard.open(path, { logger: QUIET });
    await expect(Guard.open(path, { logger: QUIET })).rejects.toThrow(/in use/);
    await guard.close();
    await (await Guard.open(path, { logger: QUIET })).close();
  });

  test('with faults is refused, with all of them', async () => {
    const path = join(folder(), 'policy.json');
    write(path, { version: 1, roles: { a: { functoins: [] } }, principals: { p: { roles: ['b'] } } });
    const error = await Guard.open(path).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(PolicyError);
    expect((error as PolicyError).issues.length).toBeGreaterThan(1);
  });
});

test('without "audit" orders are refused, and cancels pass', async () => {
  const engine = market();
  const guard = await opened({ version: 1, roles: ROLES, principals: POLICY.principals });
  const { rule, message } = await refusal(guard.engineFor('chief', engine).sendOrder(buy(engine), 'SIM'));
  expect(rule).toBe('audit');
  expect(message).toContain('"audit"');
  const id = engine.sendOrder(buy(engine), 'SIM');
  const cancel = new CancelRequest({ orderid: id.slice(4), symbol: 'rb2705', exchange: Exchange.SHFE });
  await guard.engineFor('chief', engine).cancelOrder(cancel, 'SIM');
  expect(engine.getOrder(id)?.isActive()).toBe(false);
});

test('an engine that is attached twice is followed once', async () => {
  const engine: TradingEngine = market();
  const guard = await opened();
  await Promise.all([guard.attach(engine), guard.attach(engine)]);
  expect(guard.sees('screen', new Event(EventType.TIMER, null))).toBe(true);
  expect(guard.sees('nobody', new Event(EventType.TIMER, null))).toBe(false);
});
