import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RpcGateway } from 'vnpy-bridge/vnpy';
import { AlgoControl, CtaControl, SpreadControl, appsRegistry } from 'vnpy-bridge/vnpy/apps';
import { createConsole } from 'vnpy-bridge/web';
import { startPeer } from './support/index.js';
import { vnpyVersions } from './support/versions.js';

interface Row {
  readonly name: string;
  readonly inited: boolean;
  readonly trading: boolean;
  readonly running: string | null;
  readonly variables: { readonly pos: number };
  readonly message?: string;
  readonly is_active?: boolean;
}

describe.each(vnpyVersions())('the console in front of the real applications of vnpy %s', (vnpy) => {
  let gateway: RpcGateway;
  let desk: ReturnType<typeof createConsole>;
  let ask: (method: string, path: string, body?: object) => Promise<{ status: number; body: Record<string, unknown> }>;

  beforeAll(async () => {
    const { addresses } = await startPeer({ script: 'app_server', vnpy, args: ['--rate', '5'] });
    gateway = new RpcGateway({ registry: appsRegistry });
    await gateway.connect(addresses.request, addresses.publish);
    const { client } = gateway;
    const strategies = {
      cta: new CtaControl(client),
      spread: new SpreadControl(client),
      algo: new AlgoControl(client),
    };
    desk = createConsole(gateway, { port: 0, trade: true, strategies });
    const { origin } = new URL((await desk.start()).url);
    const headers = { Origin: origin, 'X-Requested-With': 'vnpy-bridge', 'Content-Type': 'application/json' };
    const body = JSON.stringify({ code: desk.link() });
    const entered = await fetch(`${origin}/api/v1/session/link`, { method: 'POST', headers, body });
    const Cookie = entered.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    ask = async (method, path, given) => {
      const body = given === undefined ? {} : { body: JSON.stringify(given) };
      const answer = await fetch(`${origin}/api/v1${path}`, { method, headers: { ...headers, Cookie }, ...body });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };
  });

  afterAll(async () => {
    await desk.close();
    await gateway.close();
  });

  const rows = async (path: string): Promise<readonly Row[]> => (await ask('GET', path)).body['data'] as readonly Row[];

  test('a strategy of any name: added, refused too early, initialised, started, its position, edited, removed', async () => {
    const name = '螺纹 / 1';
    const path = `/strategies/cta/${encodeURIComponent(name)}`;
    const row = async (): Promise<Row | undefined> => (await rows('/strategies')).find((each) => each.name === name);
    const strategy = { name, class_name: 'TestStrategy', symbol: 'rb2705.SHFE', parameters: { test_trigger: 3 } };
    expect((await ask('POST', '/strategies/cta', strategy)).status).toBe(201);
    expect((await ask('POST', '/strategies/cta', strategy)).body).toMatchObject({ status: 422, reason: 'not-done' });
    expect(await row()).toMatchObject({ app: 'cta', symbol: 'rb2705.SHFE', inited: false, variables: { pos: 0 } });
    const early = await ask('POST', `${path}/start`);
    expect([early.status, early.body]).toMatchObject([422, { server_log: [expect.stringContaining(name)] }]);
    expect((await ask('POST', '/strategies/cta/nobody/stop')).status).toBe(404);
    expect((await ask('POST', `${path}/init`)).status).toBe(202);
    await expect.poll(row, { timeout: 20_000 }).toMatchObject({ inited: true, running: null });
    expect((await ask('POST', `${path}/start`)).body).toEqual({ app: 'cta', name, outcome: 'done' });
    await expect.poll(async () => (await row())?.variables.pos, { timeout: 60_000 }).not.toBe(0);
    expect((await ask('DELETE', path)).status).toBe(422);
    expect((await ask('PUT', `${path}/parameters`, { parameters: { test_trigger: 50 } })).status).toBe(200);
    expect((await ask('POST', `${path}/stop`)).status).toBe(200);
    expect(await row()).toMatchObject({ trading: false, inited: true, parameters: { test_trigger: 50 } });
    expect((await ask('DELETE', path)).status).toBe(200);
    expect(await row()).toBeUndefined();
    expect((await rows('/strategy-logs')).some(({ message }) => message?.includes(name) === true)).toBe(true);
  });

  test('an algorithm is started once, paused and stopped; what vnpy says of its parameters is told', async () => {
    await ask('PUT', '/subscriptions/rb2705.SHFE');
    const [{ last_price: price }] = (await rows('/ticks')) as unknown as readonly [{ readonly last_price: number }];
    const confirm = ['wide-spread', 'far-from-last', 'outside-limits'];
    const terms = { symbol: 'rb2705.SHFE', direction: 'LONG', offset: 'OPEN', price, volume: 2, confirm };
    const twap = { ...terms, client_order_id: 'interop-twap', template: 'TwapAlgo', parameters: { time: 600 } };
    const [one, two] = await Promise.all([ask('POST', '/algos/algo', twap), ask('POST', '/algos/algo', twap)]);
    expect([one.status, two.body]).toEqual([201, one.body]);
    const name = String(one.body['name']);
    expect(await rows('/algos')).toMatchObject([{ name, status: 'RUNNING', direction: 'LONG', offset: 'OPEN' }]);
    expect((await ask('POST', `/algos/algo/${name}/pause`)).status).toBe(200);
    expect(await rows('/algos')).toMatchObject([{ name, status: 'PAUSED', is_active: true }]);
    expect((await ask('POST', `/algos/algo/${name}/stop`)).status).toBe(200);
    await expect.poll(() => rows('/algos')).toMatchObject([{ name, status: 'STOPPED', is_active: false }]);
    const none = { ...twap, client_order_id: 'interop-none', parameters: { interval: 0 } };
    expect((await ask('POST', '/algos/algo', none)).body).toMatchObject({ status: 422, reason: 'raised' });
    const best = { ...terms, client_order_id: 'interop-best', template: 'BestLimitAlgo' };
    expect((await ask('POST', '/algos/algo', best)).body).toMatchObject({ status: 422, reason: 'not-done' });
    expect((await rows('/algos')).filter(({ is_active: isActive }) => isActive === true)).toEqual([]);
  });

  test('a spread, its strategy and its algorithm', async () => {
    const legs = [
      { variable: 'A', vt_symbol: 'rb2705.SHFE', direction: 1, multiplier: 1 },
      { variable: 'B', vt_symbol: 'IF2703.CFFEX', direction: -1, multiplier: -1 },
    ];
    const spread = { name: 'rb-IF', legs, price_formula: 'A-B', active_symbol: 'rb2705.SHFE' };
    expect((await ask('POST', '/spreads/spread', spread)).status).toBe(201);
    expect(await rows('/spreads')).toMatchObject([{ name: 'rb-IF', price_formula: 'A-B' }]);
    const strategy = { name: 'basic', class_name: 'BasicSpreadStrategy', symbol: 'rb-IF' };
    expect((await ask('POST', '/strategies/spread', strategy)).status).toBe(201);
    expect((await ask('DELETE', '/spreads/spread/rb-IF')).body['detail']).toMatch(/basic/);
    expect((await ask('DELETE', '/strategies/spread/basic')).status).toBe(200);
    const algo = { template: 'SpreadTaker', symbol: 'rb-IF', direction: 'LONG', price: -10_000, volume: 1 };
    const started = await ask('POST', '/algos/spread', { ...algo, client_order_id: 'interop-spread' });
    const path = `/algos/spread/${String(started.body['name'])}/stop`;
    expect((await ask('DELETE', '/spreads/spread/rb-IF')).status).toBe(422);
    expect((await ask('POST', path)).status).toBe(200);
    expect((await ask('DELETE', '/spreads/spread/rb-IF')).status).toBe(200);
  });
});
