import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RpcGateway } from 'vnpy-bridge/vnpy';
import { CtaControl, SpreadControl, appsRegistry } from 'vnpy-bridge/vnpy/apps';
import { createConsole } from 'vnpy-bridge/web';
import { startPeer } from './support/index.js';
import { vnpyVersions } from './support/versions.js';

interface Row {
  readonly name: string;
  readonly inited: boolean;
  readonly trading: boolean;
  readonly running: string | null;
  readonly variables: { readonly pos: number };
}

describe.each(vnpyVersions())('the console in front of the real CTA application of vnpy %s', (vnpy) => {
  let gateway: RpcGateway;
  let desk: ReturnType<typeof createConsole>;
  let ask: (method: string, path: string) => Promise<{ status: number; body: Record<string, unknown> }>;

  beforeAll(async () => {
    const { addresses } = await startPeer({ script: 'app_server', vnpy, args: ['--rate', '5'] });
    gateway = new RpcGateway({ registry: appsRegistry });
    await gateway.connect(addresses.request, addresses.publish);
    const cta = new CtaControl(gateway.client);
    await cta.add({ className: 'TestStrategy', name: 'live', vtSymbol: 'rb2705.SHFE', setting: { test_trigger: 3 } });
    const strategies = { cta, spread: new SpreadControl(gateway.client) };
    desk = createConsole(gateway, { port: 0, trade: true, strategies });
    const { origin } = new URL((await desk.start()).url);
    const headers = { Origin: origin, 'X-Requested-With': 'vnpy-bridge', 'Content-Type': 'application/json' };
    const body = JSON.stringify({ code: desk.link() });
    const entered = await fetch(`${origin}/api/v1/session/link`, { method: 'POST', headers, body });
    const Cookie = entered.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    ask = async (method, path) => {
      const given = { Origin: origin, 'X-Requested-With': 'vnpy-bridge', Cookie };
      const answer = await fetch(`${origin}/api/v1/strategies${path}`, { method, headers: given });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };
  });

  afterAll(async () => {
    await desk.close();
    await gateway.close();
  });

  test('refuses a start too early, initialises, starts, shows the position, stops', async () => {
    const row = async (): Promise<Row | undefined> =>
      ((await ask('GET', '')).body['data'] as readonly Row[]).find(({ name }) => name === 'live');
    expect(await row()).toMatchObject({ app: 'cta', symbol: 'rb2705.SHFE', inited: false, variables: { pos: 0 } });
    const early = await ask('POST', '/cta/live/start');
    expect([early.status, early.body]).toMatchObject([422, { server_log: [expect.stringContaining('live')] }]);
    expect((await ask('POST', '/cta/nobody/stop')).status).toBe(404);
    expect((await ask('POST', '/cta/live/init')).status).toBe(202);
    await expect.poll(row, { timeout: 20_000 }).toMatchObject({ inited: true, running: null });
    expect((await ask('POST', '/cta/live/start')).body).toEqual({ app: 'cta', name: 'live', outcome: 'done' });
    await expect.poll(async () => (await row())?.variables.pos, { timeout: 60_000 }).not.toBe(0);
    expect((await ask('POST', '/cta/live/stop')).status).toBe(200);
    expect(await row()).toMatchObject({ trading: false, inited: true });
  });
});
