import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Direction, LogData, Offset } from 'vnpy-bridge/vnpy';
import { AlgoControl, AlgoStatus, CtaControl, SpreadControl } from 'vnpy-bridge/vnpy/apps';
import { eventsOf, readApps } from './support.js';
import { startApps } from './fake-apps.js';

let apps: Awaited<ReturnType<typeof startApps>>;

beforeEach(async () => {
  apps = await startApps();
});

afterEach(async () => {
  await apps.stop();
});

const quick = { initInterval: 1, eventWait: 50 };
const DOUBLE = { className: 'DoubleMaStrategy', name: 'double', vtSymbol: 'rb2705.SHFE' };

/** The error, as far as a test looks at it. */
const failing = (code: string, message: string): unknown =>
  expect.objectContaining({ code, message: expect.stringContaining(message) as string });

describe('CtaControl', () => {
  const control = (): CtaControl => new CtaControl(apps.client, quick);

  test('adds, initialises, starts, edits, stops and removes', async () => {
    const cta = control();
    expect(await cta.classes()).toEqual({ DoubleMaStrategy: { fast_window: 10, slow_window: 20 } });
    const added = await cta.add({ ...DOUBLE, setting: { fast_window: 3 } });
    expect(added).toMatchObject({ strategy_name: 'double', vt_symbol: 'rb2705.SHFE', variables: { inited: false } });
    apps.cta.initStates.push(false, false);
    expect((await cta.init('double')).variables.inited).toBe(true);
    expect(apps.calls.filter(({ name }) => name === 'cta_init_state')).toHaveLength(3);
    expect((await cta.start('double')).variables.trading).toBe(true);
    // The file of vnpy holds what is edited, and nothing else.
    await cta.edit('double', { slow_window: 30 });
    expect(apps.calls.find(({ name }) => name === 'cta_edit_strategy')?.args).toEqual([
      'double',
      { fast_window: 3, slow_window: 30 },
    ]);
    expect((await cta.stop('double')).variables.trading).toBe(false);
    await cta.remove('double');
    expect(await cta.strategies()).toEqual([]);
  });

  test('what vnpy only logs is an error with the log', async () => {
    const cta = control();
    await expect(cta.add({ ...DOUBLE, className: 'NoStrategy' })).rejects.toEqual(
      failing('NOT_DONE', '创建策略失败，找不到策略类NoStrategy'),
    );
    await cta.add(DOUBLE);
    await expect(cta.add(DOUBLE)).rejects.toEqual(failing('NOT_DONE', 'already'));
    await expect(cta.start('double')).rejects.toEqual(failing('NOT_DONE', '请先初始化'));
    await cta.init('double');
    await cta.start('double');
    await expect(cta.remove('double')).rejects.toEqual(failing('NOT_DONE', '请先停止'));
  });

  test('an exception in the strategy is an error, although vnpy says that it is initialised', async () => {
    const cta = control();
    await cta.add(DOUBLE);
    apps.cta.failure = 'ValueError: no bars';
    const failed = await cta.init('double').catch((error: unknown) => error);
    expect(failed).toEqual(failing('STRATEGY_FAILED', 'ValueError: no bars'));
    expect((await cta.strategy('double'))?.variables.inited).toBe(true);
    apps.cta.failure = 'ZeroDivisionError: division by zero';
    await expect(cta.start('double')).rejects.toEqual(failing('STRATEGY_FAILED', 'ZeroDivisionError'));
  });

  test('what the Future raised is an error', async () => {
    const cta = control();
    await cta.add(DOUBLE);
    apps.cta.initStates.push("KeyError('double')");
    await expect(cta.init('double')).rejects.toEqual(failing('STRATEGY_FAILED', 'KeyError'));
  });

  test('an init that takes too long is told, and one that is aborted ends', async () => {
    await control().add(DOUBLE);
    apps.cta.initStates.push(...new Array<false>(1000).fill(false));
    const short = new CtaControl(apps.client, { ...quick, initTimeout: 1 });
    await expect(short.init('double')).rejects.toEqual(failing('TIMEOUT', 'goes on'));
    const aborted = control().init('double', { signal: AbortSignal.timeout(5) });
    await expect(aborted).rejects.toThrow();
  });

  test('an unknown name, and a server without the functions', async () => {
    const cta = control();
    await expect(cta.start('nobody')).rejects.toEqual(failing('UNKNOWN_NAME', '"nobody"'));
    await cta.add(DOUBLE);
    await expect(cta.edit('double', { fast_windw: 1 })).rejects.toEqual(failing('UNKNOWN_NAME', 'fast_window'));
    expect(apps.calls.some(({ name }) => name === 'cta_edit_strategy')).toBe(false);
    // The server of another process, which has not registered them.
    const { stop, client } = await startApps([]);
    await expect(new CtaControl(client, quick).strategies()).rejects.toEqual(
      failing('NOT_REGISTERED', 'examples/app_control.py'),
    );
    await stop();
  });

  test('tells of strategies, logs and stop orders while they come', async () => {
    const cta = control();
    const told: unknown[] = [];
    const ends = [
      cta.on('strategy', ({ variables }) => told.push(variables.pos)),
      cta.on('log', ({ msg }) => told.push(msg)),
      cta.on('stopOrder', ({ stop_orderid: id }) => told.push(id)),
    ];
    const fixture = readApps('4.5.0');
    const [strategy] = eventsOf(fixture, 'eCtaStrategy');
    const [stopOrder] = eventsOf(fixture, 'eCtaStopOrder');
    const seen = new Promise<void>((resolve) => {
      apps.client.on('event', () => {
        if (told.length === 3) resolve();
      });
    });
    for (const event of [strategy, stopOrder]) apps.tell(event?.type ?? '', event?.data);
    apps.tell('eCtaLog', new LogData({ gateway_name: 'CtaStrategy', msg: 'hello' }));
    await seen;
    expect(told).toEqual([0, 'STOP.1', 'hello']);
    for (const end of ends) end();
  });

  test('a wrong option is refused', () => {
    expect(() => new CtaControl(apps.client, { initTimeOut: 1 } as never)).toThrow('initTimeout');
  });
});

describe('SpreadControl', () => {
  test('spreads, algos and strategies', async () => {
    const control = new SpreadControl(apps.client, quick);
    const leg = { variable: 'A', vtSymbol: 'rb2705.SHFE', direction: 1, multiplier: 1 } as const;
    const spread = { name: 's', legs: [leg], priceFormula: 'A', activeSymbol: 'rb2705.SHFE' };
    expect((await control.addSpread(spread)).price_formula).toBe('A');
    expect(apps.calls.find(({ name }) => name === 'spread_add_spread')?.args[1]).toEqual([
      { variable: 'A', vt_symbol: 'rb2705.SHFE', trading_direction: 1, trading_multiplier: 1 },
    ]);
    await expect(control.addSpread(spread)).rejects.toEqual(failing('NOT_DONE', 'already'));

    const terms = { spreadName: 's', direction: Direction.LONG, price: 3500, volume: 2 };
    const id = await control.startAlgo(terms);
    expect(await control.stopAlgo(id)).toMatchObject({ algoid: id, direction: Direction.LONG, volume: 2 });
    await expect(control.stopAlgo('nothing')).rejects.toEqual(failing('UNKNOWN_NAME', 'nothing'));
    await expect(control.startAlgo({ ...terms, spreadName: 'x' })).rejects.toEqual(failing('NOT_DONE', 'no spread x'));
    await expect(control.startAlgo({ ...terms, volume: NaN })).rejects.toMatchObject({ field: 'volume' });

    const strategy = { className: 'DoubleMaStrategy', name: 'basic', spreadName: 's' };
    expect(await control.add(strategy)).toMatchObject({ spread_name: 's' });
    await control.init('basic');
    expect((await control.start('basic')).variables.trading).toBe(true);
    await control.removeSpread('s');
    expect(await control.spreads()).toEqual([]);
  });
});

describe('AlgoControl', () => {
  const TWAP = { templateName: 'TwapAlgo', vtSymbol: 'rb2705.SHFE', direction: Direction.LONG, price: 3500, volume: 4 };

  test('starts with the defaults of the template, pauses, resumes and stops', async () => {
    const control = new AlgoControl(apps.client);
    const name = await control.start({ ...TWAP, offset: Offset.OPEN, setting: { time: 4 } });
    const [algo] = await control.algos();
    expect(algo).toMatchObject({ algo_name: name, offset: Offset.OPEN, parameters: { time: 4, interval: 60 } });
    await control.pause(name);
    expect((await control.algos())[0]?.status).toBe(AlgoStatus.PAUSED);
    await control.resume(name);
    expect((await control.algos())[0]?.status).toBe(AlgoStatus.RUNNING);
    await control.stop(name);
    await expect(control.stop(name)).rejects.toEqual(failing('UNKNOWN_NAME', name));
  });

  test('refuses what vnpy would take or raise', async () => {
    const control = new AlgoControl(apps.client);
    const refusals = [
      [{ ...TWAP, templateName: 'Tap' }, 'UNKNOWN_NAME', 'Tap'],
      [{ ...TWAP, setting: { tim: 4 } }, 'UNKNOWN_NAME', 'time, interval'],
      [{ ...TWAP, vtSymbol: 'xx.SHFE' }, 'NOT_DONE', 'xx.SHFE'],
      [{ ...TWAP, templateName: 'BestLimitAlgo' }, 'NOT_DONE', '最小挂单量必须大于0'],
      [{ ...TWAP, volume: 0 }, 'OUT_OF_RANGE', 'above 0'],
      [{ ...TWAP, price: Infinity }, 'OUT_OF_RANGE', 'finite'],
      [{ ...TWAP, direction: 'LONG' as never }, 'WRONG_TYPE', 'Direction'],
    ] as const;
    for (const [algo, code, message] of refusals)
      await expect(control.start(algo)).rejects.toEqual(failing(code, message));
    expect(await control.algos()).toEqual([]);
  });
});
