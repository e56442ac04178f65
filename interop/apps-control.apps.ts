import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Direction, Offset, RpcGateway } from 'vnpy-bridge/vnpy';
import { AlgoControl, AlgoStatus, CtaControl, SpreadControl, appsRegistry } from 'vnpy-bridge/vnpy/apps';
import { startPeer } from './support/index.js';
import { vnpyVersions } from './support/versions.js';

/** Resolves with the first thing told that the condition holds for. */
function told<Data>(
  listen: (listener: (data: Data) => void) => () => void,
  condition: (data: Data) => boolean,
): Promise<Data> {
  return new Promise((resolve) => {
    const end = listen((data) => {
      if (!condition(data)) return;
      end();
      resolve(data);
    });
  });
}

const failing = (code: string, message: string): unknown =>
  expect.objectContaining({ code, message: expect.stringContaining(message) as string });

describe.each(vnpyVersions())('real applications of vnpy %s, controlled from Node.js', (vnpy) => {
  let gateway: RpcGateway;
  const errors: unknown[] = [];

  beforeAll(async () => {
    const { addresses } = await startPeer({ script: 'app_server', vnpy, args: ['--rate', '5'] });
    gateway = new RpcGateway({ registry: appsRegistry });
    gateway.on('error', (problem) => errors.push(problem));
    await gateway.connect(addresses.request, addresses.publish);
  });

  afterAll(async () => {
    await gateway.close();
    expect(errors).toEqual([]);
  });

  test('CTA: add, init, start, variables live, edit, stop, remove', async () => {
    const control = new CtaControl(gateway.client);
    expect(await control.classes()).toMatchObject({ TestStrategy: { test_trigger: 10 } });
    const strategy = { className: 'TestStrategy', name: 'live', vtSymbol: 'rb2705.SHFE', setting: { test_trigger: 3 } };
    expect((await control.add(strategy)).parameters).toEqual({ test_trigger: 3 });
    await expect(control.start('live')).rejects.toEqual(failing('NOT_DONE', 'live'));
    expect((await control.init('live')).variables.inited).toBe(true);
    const stopOrder = told<{ strategy_name: string }>(
      (listener) => control.on('stopOrder', listener),
      (order) => order.strategy_name === 'live',
    );
    const traded = told<{ variables: { pos: number } }>(
      (listener) => control.on('strategy', listener),
      ({ variables }) => variables.pos !== 0,
    );
    const line = told<{ msg: string }>(
      (listener) => control.on('log', listener),
      ({ msg }) => msg.includes('[live]'),
    );
    expect((await control.start('live')).variables.trading).toBe(true);
    await Promise.all([stopOrder, traded, line]);
    expect((await control.edit('live', { test_trigger: 50 })).parameters).toEqual({ test_trigger: 50 });
    await expect(control.remove('live')).rejects.toEqual(failing('NOT_DONE', 'live'));
    expect((await control.stop('live')).variables.trading).toBe(false);
    await control.remove('live');
    expect(await control.strategy('live')).toBeUndefined();
  });

  test('CTA: what the application only logs is an error', async () => {
    const control = new CtaControl(gateway.client);
    const strategy = { className: 'NoStrategy', name: 'none', vtSymbol: 'rb2705.SHFE' };
    await expect(control.add(strategy)).rejects.toEqual(failing('NOT_DONE', 'NoStrategy'));
    await expect(control.init('nobody')).rejects.toEqual(failing('UNKNOWN_NAME', 'nobody'));
    // Windows that are no numbers: DoubleMa's own code raises TypeError in on_init.
    await control.add({ ...strategy, className: 'DoubleMaStrategy', name: 'broken', setting: { slow_window: 'x' } });
    await expect(control.init('broken')).rejects.toEqual(failing('STRATEGY_FAILED', 'Error'));
  });

  test('algo: start, pause, resume, run to its end, stop', async () => {
    const control = new AlgoControl(gateway.client);
    const twap = {
      templateName: 'TwapAlgo',
      vtSymbol: 'rb2705.SHFE',
      direction: Direction.LONG,
      offset: Offset.OPEN,
      price: 3850,
      volume: 2,
      setting: { time: 4, interval: 2 },
    };
    expect(await control.templates()).toMatchObject({ TwapAlgo: { time: 600, interval: 60 } });
    const name = await control.start(twap);
    await control.pause(name);
    expect((await control.algos()).find((algo) => algo.algo_name === name)?.status).toBe(AlgoStatus.PAUSED);
    const finished = told<{ algo_name: string; status: AlgoStatus; traded: number }>(
      (listener) => control.on('algo', listener),
      (algo) => algo.algo_name === name && algo.status === AlgoStatus.FINISHED,
    );
    await control.resume(name);
    expect((await finished).traded).toBeGreaterThan(0);

    const second = await control.start({ ...twap, price: 3200 });
    const stopped = told<{ algo_name: string; status: AlgoStatus }>(
      (listener) => control.on('algo', listener),
      (algo) => algo.algo_name === second && algo.status === AlgoStatus.STOPPED,
    );
    await control.stop(second);
    await stopped;
    await expect(control.start({ ...twap, vtSymbol: 'xx.SHFE' })).rejects.toEqual(failing('NOT_DONE', 'xx.SHFE'));
  });

  test('spread: spread, algo, strategy', async () => {
    const control = new SpreadControl(gateway.client);
    const spread = await control.addSpread({
      name: 'rb-IF',
      legs: [
        { variable: 'A', vtSymbol: 'rb2705.SHFE', direction: 1, multiplier: 1 },
        { variable: 'B', vtSymbol: 'IF2703.CFFEX', direction: -1, multiplier: -1 },
      ],
      priceFormula: 'A-B',
      activeSymbol: 'rb2705.SHFE',
    });
    expect(spread).toMatchObject({
      name: 'rb-IF',
      price_formula: 'A-B',
      trading_formula: '+1*rb2705.SHFE-1*IF2703.CFFEX',
    });
    await told<{ bid_price: number }>(
      (listener) => control.on('price', listener),
      ({ bid_price: price }) => price !== 0,
    );
    const filled = told<{ net_pos: number }>(
      (listener) => control.on('position', listener),
      ({ net_pos: position }) => position === 2,
    );
    const algo = { spreadName: 'rb-IF', direction: Direction.LONG, price: 10_000, volume: 2, interval: 1 };
    const id = await control.startAlgo(algo);
    await filled;
    expect((await control.algos()).map(({ algoid }) => algoid)).toContain(id);
    const waiting = await control.startAlgo({ ...algo, price: -10_000 });
    expect((await control.stopAlgo(waiting)).traded_volume).toBe(0);

    await control.add({ className: 'BasicSpreadStrategy', name: 'basic', spreadName: 'rb-IF' });
    expect((await control.init('basic')).variables.inited).toBe(true);
    expect((await control.start('basic')).variables.trading).toBe(true);
    expect((await control.stop('basic')).variables.trading).toBe(false);
    await control.remove('basic');
    await control.removeSpread('rb-IF');
  });
});
