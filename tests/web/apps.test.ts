import { describe, expect, onTestFinished, test } from 'vitest';
import { Guard } from 'vnpy-bridge/guard';
import { SimulatedEngine } from 'vnpy-bridge/vnpy';
import { RpcTimeoutError } from 'vnpy-bridge/rpc';
import type { ConsoleOptions } from 'vnpy-bridge/web';
import { formulaMistake } from '../../src/web/strategies/formula.js';
import { problemOf, startConsole, SYMBOL } from './support/console.js';
import type { Answer, Tested } from './support/console.js';
import { FakeAlgo, FakeApp, FakeSpread } from './support/strategies.js';

// What a trader does with vnpy's applications beyond start and stop, over real HTTP, with applications of the tests.

interface Desk extends Tested {
  readonly cta: FakeApp;
  readonly spread: FakeSpread;
  readonly algo: FakeAlgo;
  /** Moves the clock by which a list is fresh, and by which actions are timed. */
  readonly pass: (ms: number) => void;
  readonly trader: (method: string, path: string, body?: unknown) => Promise<Answer>;
}

async function open(options: ConsoleOptions = {}): Promise<Desk> {
  const [cta, spread, algo] = [new FakeApp(), new FakeSpread(), new FakeAlgo()];
  let time = 0;
  const engine = new SimulatedEngine({ seed: 7, startPrices: { [SYMBOL]: 3500 } });
  const tested = await startConsole({
    engine,
    options: { strategies: { cta, spread, algo }, ...options },
    tuning: { initWait: 0, monotonic: () => time, now: () => Date.UTC(2026, 10, 30, 1) + time },
  });
  await tested.ask('PUT', `/subscriptions/${SYMBOL}`, { token: tested.tokens.trader });
  return {
    ...{ ...tested, cta, spread, algo },
    pass: (ms) => {
      time += ms;
    },
    trader: (method, path, body) =>
      tested.ask(method, path, { token: tested.tokens.trader, ...(body === undefined ? {} : { body }) }),
  };
}

const dataOf = async ({ trader, pass }: Desk, path: string): Promise<Record<string, unknown>[]> => {
  pass(2000);
  return (await trader('GET', path)).body['data'] as Record<string, unknown>[];
};

const auditOf = async ({ ask, tokens }: Desk): Promise<string[]> => {
  const { body } = await ask('GET', '/audit', { token: tokens.admin });
  const lines = body['data'] as { action: string; outcome: string; detail: { name?: string } }[];
  return lines
    .filter(({ action }) => /-(strategy|spread|algo)$/.test(action))
    .map(({ action, outcome, detail }) => `${action} ${detail.name ?? ''} ${outcome}`)
    .reverse();
};

const timedOut = (method: string): Error =>
  new RpcTimeoutError(`${method} had no answer`, { method, outcome: 'unknown', timeout: 5000 });

const NEW = { name: '螺纹 / 1', class_name: 'DoubleMaStrategy', symbol: SYMBOL };

describe('strategies', () => {
  test('one is added, edited and removed, whatever its name', async () => {
    const desk = await open();
    const { trader } = desk;
    expect((await trader('GET', '/strategy-classes')).body['data']).toContainEqual({
      ...{ app: 'cta', server: null, class_name: 'DoubleMaStrategy' },
      parameters: { fast_window: 10, slow_window: 20, note: '', live: true },
    });
    const added = await trader('POST', '/strategies/cta', { ...NEW, parameters: { fast_window: 3, note: '夜盘' } });
    expect([added.status, added.body]).toEqual([201, { app: 'cta', name: NEW.name, outcome: 'done' }]);
    const path = `/strategies/cta/${encodeURIComponent(NEW.name)}`;
    expect((await trader('PUT', `${path}/parameters`, { parameters: { slow_window: 30 } })).status).toBe(200);
    expect(await dataOf(desk, '/strategies')).toMatchObject([
      { name: NEW.name, symbol: SYMBOL, parameters: { fast_window: 3, slow_window: 30, note: '夜盘', live: true } },
    ]);
    expect((await trader('DELETE', path)).status).toBe(200);
    expect(await dataOf(desk, '/strategies')).toEqual([]);
    expect(await auditOf(desk)).toEqual(
      ['add', 'edit', 'remove'].map((action) => `${action}-strategy ${NEW.name} done`),
    );
  });

  test('what vnpy would take is refused here: types, names and classes that there are not', async () => {
    const { trader, cta } = await open();
    cta.put('double');
    const refusals = [
      [{ ...NEW, parameters: { fast_window: '3' } }, 'fast_window is a number'],
      [{ ...NEW, parameters: { live: 1 } }, 'live is true or false'],
      [{ ...NEW, parameters: { note: 7 } }, 'note is a text'],
      [{ ...NEW, parameters: { fast: 3 } }, 'it has fast_window, slow_window, note, live'],
      [{ ...NEW, parameters: { fast_window: [3] } }, 'a number, a text, true or false'],
      [{ ...NEW, name: '..' }, 'cannot be . or ..'],
      [{ ...NEW, name: ' a' }, 'without spaces around it'],
    ] as const;
    for (const [body, text] of refusals) {
      const answer = await trader('POST', '/strategies/cta', body);
      expect([problemOf(answer), answer.body['detail']]).toEqual([
        'bad-request',
        expect.stringContaining(text) as string,
      ]);
    }
    expect(problemOf(await trader('POST', '/strategies/cta', { ...NEW, class_name: 'None' }))).toBe('not-found');
    const edit = await trader('PUT', '/strategies/cta/double/parameters', { parameters: { fast_window: true } });
    expect(problemOf(edit)).toBe('bad-request');
    expect(cta.calls.filter((call) => call !== 'list')).toEqual([]);
  });

  test('one that trades stays, and a second one of a name is refused', async () => {
    const { trader, cta } = await open();
    cta.put('double', { variables: { inited: true, trading: true } });
    const remove = await trader('DELETE', '/strategies/cta/double');
    expect(remove.body).toMatchObject({
      status: 422,
      reason: 'not-done',
      server_log: ['策略double移除失败，请先停止'],
    });
    const add = await trader('POST', '/strategies/cta', { ...NEW, name: 'double' });
    expect(problemOf(add)).toBe('strategy-refused');
  });

  test('an init that runs says for how long', async () => {
    const desk = await open();
    desk.cta.put('double');
    desk.cta.before = new Promise(() => undefined);
    await desk.trader('POST', '/strategies/cta/double/init');
    desk.pass(5000);
    expect(await dataOf(desk, '/strategies')).toMatchObject([{ running: 'init', running_ms: 7000 }]);
    for (const [method, path] of [
      ['DELETE', '/strategies/cta/double'],
      ['PUT', '/strategies/cta/double/parameters'],
    ] as const) {
      const body = method === 'PUT' ? { parameters: {} } : undefined;
      expect(problemOf(await desk.trader(method, path, body))).toBe('strategy-busy');
    }
  });

  test('logs are kept, the newest last', async () => {
    const desk = await open();
    desk.cta.log('double开始执行初始化');
    desk.pass(1000);
    desk.spread.log('价差创建成功：rb-hc');
    expect(await dataOf(desk, '/strategy-logs')).toMatchObject([
      { app: 'cta', message: 'double开始执行初始化', time: '2026-11-30T01:00:00.000Z' },
      { app: 'spread', message: '价差创建成功：rb-hc' },
    ]);
    for (let line = 0; line < 300; line++) desk.cta.log('x'.repeat(5000));
    const lines = await dataOf(desk, '/strategy-logs');
    expect([lines.length, String(lines.at(-1)?.['message']).length]).toEqual([201, 4001]);
  });
});

const LEGS = [
  { variable: 'A', vt_symbol: SYMBOL, direction: 1, multiplier: 1 },
  { variable: 'B', vt_symbol: 'IF2703.CFFEX', direction: -1, multiplier: -1 },
];
const RB_IF = { name: 'rb-IF', legs: LEGS, price_formula: 'A-B', active_symbol: SYMBOL };

describe('spreads', () => {
  test('one is added, shown, traded by an algorithm, and removed when nothing trades it', async () => {
    const desk = await open();
    const { trader, spread } = desk;
    expect((await trader('POST', '/spreads/spread', RB_IF)).status).toBe(201);
    expect(await dataOf(desk, '/spreads')).toMatchObject([{ name: 'rb-IF', bid_price: -3, price_formula: 'A-B' }]);
    const algo = { template: 'SpreadTaker', symbol: 'rb-IF', direction: 'LONG', price: -2, volume: 1 };
    const given = { ...algo, client_order_id: 'spread-algo-1', parameters: { payup: 7 } };
    const { body } = await trader('POST', '/algos/spread', given);
    expect(body).toMatchObject({ name: 'SpreadTaker_000001' });
    expect(await dataOf(desk, '/algos')).toMatchObject([
      { app: 'spread', symbol: 'rb-IF', status: 'RUNNING', is_active: true, offset: null, parameters: { payup: 7 } },
    ]);
    const held = await trader('DELETE', '/spreads/spread/rb-IF');
    expect(held.body['detail']).toMatch(/SpreadTaker_000001 trades rb-IF/);
    expect(problemOf(await trader('POST', '/algos/spread/SpreadTaker_000001/pause'))).toBe('not-found');
    expect((await trader('POST', '/algos/spread/SpreadTaker_000001/stop')).status).toBe(200);
    spread.put('pair', { spread_name: 'rb-IF' });
    expect((await trader('DELETE', '/spreads/spread/rb-IF')).body['detail']).toMatch(/pair trades rb-IF/);
    await trader('DELETE', '/strategies/spread/pair');
    expect((await trader('DELETE', '/spreads/spread/rb-IF')).status).toBe(200);
    expect(spread.calls).toContain('removeSpread rb-IF');
  });

  test('what would end the event thread of vnpy is refused', async () => {
    const { trader, spread } = await open();
    const add = async (more: object): Promise<string> =>
      problemOf(await trader('POST', '/spreads/spread', { ...RB_IF, ...more }));
    expect(await add({ price_formula: 'A-C' })).toBe('bad-request');
    expect(await add({ active_symbol: 'hc2705.SHFE' })).toBe('bad-request');
    expect(await add({ legs: [LEGS[0], LEGS[0]] })).toBe('bad-request');
    expect(await add({ legs: [LEGS[0], { ...LEGS[1], vt_symbol: SYMBOL }] })).toBe('bad-request');
    expect(await add({ legs: [LEGS[0], { ...LEGS[1], vt_symbol: 'no.SHFE' }] })).toBe('not-found');
    expect(spread.calls).toEqual([]);
  });

  test.each(['A-B', '(A+B)/2', '2*A - B*1.5', '-A/B', '((A))'])('the formula %s is one', (formula) => {
    expect(formulaMistake(formula, new Set('AB'))).toBeUndefined();
  });

  test.each([
    ...['A-', 'A B', '(A', 'A)', '()', 'A**B', 'A//B', '1', 'C', 'A/0', 'A/(B-1)', 'A.real', '__import__("os")'],
    ...['A if B else A', '('.repeat(50_000), `A${'-'.repeat(50_000)}`],
  ])('the formula %s is none', (formula) => {
    expect(formulaMistake(formula, new Set('AB'))).toBeTypeOf('string');
  });
});

const TWAP = { template: 'TwapAlgo', symbol: SYMBOL, direction: 'LONG', offset: 'OPEN', price: 3500, volume: 4 };

describe('algorithms', () => {
  test('one is started, paused, resumed; what ended is kept', async () => {
    const desk = await open();
    const { trader, algo } = desk;
    const start = { ...TWAP, client_order_id: 'twap-start-1', parameters: { time: 30 }, confirm: ['wide-spread'] };
    expect((await trader('GET', '/algo-templates')).body['data']).toContainEqual({
      ...{ app: 'algo', server: null, template: 'TwapAlgo', parameters: { time: 600, interval: 60 } },
    });
    const { status, body } = await trader('POST', '/algos/algo', start);
    expect([status, body]).toEqual([201, { app: 'algo', name: 'TwapAlgo_1', outcome: 'done' }]);
    await trader('POST', '/algos/algo/TwapAlgo_1/pause');
    expect(await dataOf(desk, '/algos')).toMatchObject([
      { template: 'TwapAlgo', status: 'PAUSED', direction: 'LONG', offset: 'OPEN', parameters: { time: 30 } },
    ]);
    await trader('POST', '/algos/algo/TwapAlgo_1/resume');
    algo.finish('TwapAlgo_1');
    expect(await dataOf(desk, '/algos')).toMatchObject([{ status: 'FINISHED', is_active: false, traded: 4 }]);
    expect(problemOf(await trader('POST', '/algos/algo/TwapAlgo_1/stop'))).toBe('not-found');
    expect(await auditOf(desk)).toEqual([
      ...['start-algo TwapAlgo_1 done', 'pause-algo TwapAlgo_1 done', 'resume-algo TwapAlgo_1 done'],
      'stop-algo TwapAlgo_1 not-found',
    ]);
  });

  test('one id starts one, whatever comes twice or at once', async () => {
    const { trader, algo } = await open();
    const start = { ...TWAP, client_order_id: 'twap-start-1', confirm: ['wide-spread'] };
    let go: () => void = () => undefined;
    algo.before = new Promise((resolve) => {
      go = resolve;
    });
    const twice = [trader('POST', '/algos/algo', start), trader('POST', '/algos/algo', start)];
    await expect.poll(() => algo.calls).toContain('start TwapAlgo_1 {}');
    go();
    for (const answer of await Promise.all(twice)) expect(answer.body).toMatchObject({ name: 'TwapAlgo_1' });
    const other = await trader('POST', '/algos/algo', { ...start, volume: 5 });
    expect(problemOf(other)).toBe('duplicate-client-order-id');
    expect(algo.calls.filter((call) => call.startsWith('start'))).toEqual(['start TwapAlgo_1 {}']);
  });

  test('a start whose end nobody knows is not tried again by its id; one that was refused is', async () => {
    const { trader, algo } = await open();
    const start = { ...TWAP, client_order_id: 'twap-start-1', confirm: ['wide-spread'] };
    expect(problemOf(await trader('POST', '/algos/algo', { ...start, volume: 1000 }))).toBe('rule');
    algo.before = Promise.reject(timedOut('algo_start_algo'));
    algo.before.catch(() => undefined);
    expect(problemOf(await trader('POST', '/algos/algo', start))).toBe('timeout');
    expect(problemOf(await trader('POST', '/algos/algo', start))).toBe('timeout');
    expect(algo.calls.filter((call) => call.startsWith('start'))).toHaveLength(1);
  });

  test('the rules and warnings for orders hold for one as for an order of its whole volume', async () => {
    const { trader, algo } = await open({ priceBand: 10, maxVolume: 10 });
    const start = (more: object): Promise<Answer> =>
      trader('POST', '/algos/algo', { ...TWAP, client_order_id: 'twap-start-1', confirm: ['wide-spread'], ...more });
    expect((await start({ volume: 11 })).body).toMatchObject({ status: 422, rule: 'orderVolume', limit: 10 });
    const far = await start({ price: 3000 });
    expect([problemOf(far), far.body['warnings']]).toMatchObject([
      'warning-not-confirmed',
      [{ code: 'far-from-last' }, { code: 'outside-limits' }],
    ]);
    expect(problemOf(await start({ symbol: 'no.SHFE' }))).toBe('not-found');
    expect(problemOf(await start({ template: 'NoAlgo' }))).toBe('not-found');
    expect(algo.calls).toEqual([]);
    expect((await start({ price: 3000, confirm: ['far-from-last', 'outside-limits', 'wide-spread'] })).status).toBe(
      201,
    );
  });

  test('while trading is halted none is started or resumed; pause and stop pass', async () => {
    const { trader, algo } = await open();
    const start = { ...TWAP, confirm: ['wide-spread'] };
    await trader('POST', '/algos/algo', { ...start, client_order_id: 'twap-start-1' });
    await trader('POST', '/trading/halt', { reason: 'test' });
    expect(problemOf(await trader('POST', '/algos/algo', { ...start, client_order_id: 'twap-start-2' }))).toBe(
      'halted',
    );
    expect((await trader('POST', '/algos/algo/TwapAlgo_1/pause')).status).toBe(200);
    expect(problemOf(await trader('POST', '/algos/algo/TwapAlgo_1/resume'))).toBe('halted');
    expect((await trader('POST', '/algos/algo/TwapAlgo_1/stop')).status).toBe(200);
    expect(algo.calls.filter((call) => call.startsWith('start'))).toHaveLength(1);
  });

  test('a policy names the functions, and its limits hold', async () => {
    const guard = await Guard.open({
      ...{ version: 1, audit: false },
      roles: {
        trader: {
          functions: [
            'get_*',
            'subscribe',
            'send_order',
            'cancel_order',
            'algo_algos',
            'algo_templates',
            'algo_start_algo',
          ],
          symbols: ['rb*'],
        },
      },
      principals: { desk: { roles: ['trader'], webUser: 'trader' } },
    });
    onTestFinished(() => guard.close());
    const { trader, algo } = await open({ guard });
    expect((await trader('GET', '/algos')).body['apps']).toMatchObject([{ app: 'algo', actions: ['start'] }]);
    expect((await trader('GET', '/spreads')).body['apps']).toEqual([]);
    const start = { ...TWAP, client_order_id: 'twap-start-1', confirm: ['wide-spread'] };
    const other = await trader('POST', '/algos/algo', { ...start, symbol: 'IF2703.CFFEX' });
    expect(other.body).toMatchObject({ status: 422, rule: 'symbol' });
    expect(algo.calls.filter((call) => call !== 'list')).toEqual([]);
    expect((await trader('POST', '/algos/algo', start)).status).toBe(201);
    expect(problemOf(await trader('POST', '/algos/algo/TwapAlgo_1/stop'))).toBe('forbidden');
    expect(problemOf(await trader('POST', '/spreads/spread', RB_IF))).toBe('forbidden');
  });
});

describe('several servers', () => {
  test('each has a place of its own, and one that is away hides no other', async () => {
    const [day, night] = [new FakeApp(), new FakeApp()];
    day.put('double', { variables: { inited: true, trading: false } });
    night.put('double');
    const desk = await open({ strategies: { servers: { day: { cta: day }, night: { cta: night } } } });
    const { trader } = desk;
    expect((await trader('POST', '/strategies/day:cta/double/start')).status).toBe(200);
    expect(problemOf(await trader('POST', '/strategies/cta/double/start'))).toBe('not-found');
    expect(await dataOf(desk, '/strategies')).toMatchObject([
      { app: 'cta', server: 'day', name: 'double', trading: true },
      { app: 'cta', server: 'night', name: 'double', trading: false },
    ]);
    expect(night.calls).toEqual(['list']);
    night.failure = timedOut('cta_strategies');
    desk.pass(2000);
    const { body } = await trader('GET', '/strategies');
    expect(body).toMatchObject({
      data: [{ server: 'day' }],
      apps: [
        { server: 'day', problem: null },
        { server: 'night', problem: expect.stringContaining('cta_strategies') as string },
      ],
    });
  });
});
