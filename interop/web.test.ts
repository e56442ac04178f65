/** The console in front of a real vnpy: what a trader does in a day, and the worst that can happen to an order. */
import { describe, expect, test } from 'vitest';
import { problemOf } from '../tests/web/support/console.js';
import { of, openStream } from '../tests/web/support/stream.js';
import type { Message, StreamUser } from '../tests/web/support/stream.js';
import { argsOf } from './cli-support.js';
import { paused } from './rpc-support/clients.js';
import { PATIENCE, startPeer } from './support/index.js';
import type { Peer, VnpyVersion } from './support/index.js';
import { startWeb } from './web-support.js';
import type { RunningConsole } from './web-support.js';

const SYMBOL = 'rb2705.SHFE';

type Data = Readonly<Record<string, unknown>>;

/** A message in which something is as it is looked for. */
const has =
  (channel: string, fits: (data: Data) => boolean) =>
  (message: Message): boolean =>
    message.channel === channel && ((message['data'] as readonly Data[] | undefined)?.some(fits) ?? false);

async function connected({ ask }: RunningConsole): Promise<void> {
  const current = async (): Promise<unknown> => {
    const { state, counts } = (await ask('GET', '/status')).body;
    return [state, (counts as { contracts: number }).contracts > 0];
  };
  await expect.poll(current, PATIENCE).toEqual(['connected', true]);
}

async function lastPrice({ ask }: RunningConsole): Promise<number> {
  await ask('PUT', `/subscriptions/${SYMBOL}`);
  const current = async (): Promise<number> => Number((await ask('GET', `/ticks/${SYMBOL}`)).body['last_price'] ?? 0);
  await expect.poll(current, PATIENCE).toBeGreaterThan(0);
  return await current();
}

async function stream({ origin, token }: RunningConsole): Promise<StreamUser> {
  const user = await openStream(origin, { token });
  for (const channel of ['status', 'orders', 'trades', 'positions']) {
    user.send({ op: 'subscribe', channel });
    await user.next(of('snapshot', channel));
  }
  return user;
}

const buy = (id: string, price: number): Data => ({
  ...{ client_order_id: id, vt_symbol: SYMBOL, direction: 'LONG', offset: 'OPEN', price, volume: 1 },
  confirm: ['far-from-last', 'outside-limits'],
});

const executed = (server: Peer, reference: string): number =>
  server.journal().filter((line) => line['reference'] === reference).length;

const start = (vnpy: VnpyVersion, more: Partial<Parameters<typeof startPeer>[0]> = {}): Promise<Peer> =>
  startPeer({ script: 'vnpy_server', vnpy, args: ['--rate', '10'], journal: true, ...more });

describe.each(['4.5', '4.4'] as const)('vnpy %s', (vnpy) => {
  test('an order is filled, and its position is there; another one is cancelled', async () => {
    const server = await start(vnpy);
    const web = await startWeb(argsOf(server));
    await connected(web);
    const price = await lastPrice(web);
    const user = await stream(web);
    const filled = await web.ask('POST', '/orders', buy('fill-0001', Math.round(price * 1.03)));
    expect(filled.status).toBe(201);
    const id = filled.body['vt_orderid'];
    await user.next(has('orders', (data) => data['vt_orderid'] === id && data['status'] === 'ALLTRADED'));
    await expect
      .poll(async () => {
        const { body } = await web.ask('GET', '/trades');
        return (body['data'] as readonly Data[]).filter((trade) => trade['vt_orderid'] === id).length;
      }, PATIENCE)
      .toBeGreaterThan(0);
    await expect
      .poll(async () => {
        const { body } = await web.ask('GET', '/positions');
        return (body['data'] as readonly Data[]).some((one) => one['vt_symbol'] === SYMBOL && one['volume'] === 1);
      }, PATIENCE)
      .toBe(true);

    const resting = await web.ask('POST', '/orders', buy('rest-0001', Math.round(price * 0.95)));
    expect(resting.status).toBe(201);
    const working = String(resting.body['vt_orderid']);
    // The answer comes one way and the order's events another: what is to be cancelled has to be known.
    await user.next(has('orders', (data) => data['vt_orderid'] === working));
    expect((await web.ask('DELETE', `/orders/${working}`)).status).toBe(202);
    await user.next(has('orders', (data) => data['vt_orderid'] === working && data['status'] === 'CANCELLED'));
    expect([executed(server, 'fill-0001'), executed(server, 'rest-0001')]).toEqual([1, 1]);
  });

  test('a server that stands still while an order is under way: unknown, then found, and there once', async () => {
    const server = await start(vnpy);
    const web = await startWeb([...argsOf(server), '--timeout', '2s']);
    await connected(web);
    const price = await lastPrice(web);
    await paused(server);
    const order = buy('lost-0001', Math.round(price * 0.95));
    const lost = await web.ask('POST', '/orders', order);
    expect([lost.status, problemOf(lost)]).toEqual([504, 'order-outcome-unknown']);
    const path = '/orders/by-client-id/lost-0001';
    expect((await web.ask('GET', path)).body).toMatchObject({ state: 'unknown', vt_orderid: null });
    // It is never sent again, and the server that stands still cannot say what became of it.
    expect((await web.ask('POST', '/orders', order)).status).toBe(504);
    const uncertain = await web.ask('GET', `${path}?resolve=true`);
    expect([uncertain.status, problemOf(uncertain)]).toEqual([409, 'order-uncertain']);
    server.resume();
    await expect.poll(async () => (await web.ask('GET', `${path}?resolve=true`)).status, PATIENCE).toBe(200);
    const found = (await web.ask('GET', path)).body;
    expect(found).toMatchObject({ state: 'sent', order: { reference: 'lost-0001' } });
    expect((await web.ask('POST', '/orders', order)).body).toMatchObject({ vt_orderid: found['vt_orderid'] });
    expect(executed(server, 'lost-0001')).toBe(1);
  });

  test('a server that is killed and comes back: what it had is gone, and orders go to the new one', async () => {
    const first = await start(vnpy);
    const web = await startWeb([...argsOf(first), '--timeout', '2s']);
    await connected(web);
    const price = await lastPrice(web);
    const user = await stream(web);
    const before = await web.ask('POST', '/orders', buy('before-01', Math.round(price * 0.95)));
    expect(before.status).toBe(201);
    // What was never known cannot be gone.
    await user.next(has('orders', (data) => data['vt_orderid'] === before.body['vt_orderid']));
    await first.kill();
    await user.next(has('status', (data) => data['state'] === 'disconnected'));
    const away = await web.ask('POST', '/orders', buy('away-0001', Math.round(price * 0.95)));
    expect([away.status, problemOf(away)]).toEqual([503, 'order-not-sent']);
    const second = await start(vnpy, { addresses: first.addresses });
    const gone = await user.next(of('remove', 'orders'));
    expect(gone).toMatchObject({ ids: [before.body['vt_orderid']], why: 'restart' });
    await connected(web);
    const after = await web.ask('POST', '/orders', buy('after-001', Math.round(price * 0.95)));
    expect(after.status).toBe(201);
    // The one that was not sent does not leave now either.
    expect((await web.ask('POST', '/orders', buy('away-0001', Math.round(price * 0.95)))).status).toBe(503);
    expect([executed(second, 'after-001'), executed(second, 'away-0001')]).toEqual([1, 0]);
  });
});

test('two servers of both versions in one page: one is killed, and the other trades on', async () => {
  const [old, current] = await Promise.all([start('4.4'), start('4.5')]);
  const serverArg = ({ addresses }: Peer, name: string): string[] => [
    '--server',
    `${name}=${addresses.request},${addresses.publish}`,
  ];
  const web = await startWeb([...serverArg(old, 'old'), ...serverArg(current, 'new'), '--timeout', '2s']);
  await connected(web);
  const gateways = async (): Promise<unknown> => (await web.ask('GET', '/status')).body['gateways'];
  await expect.poll(gateways, PATIENCE).toEqual(['new:SIM', 'old:SIM']);
  const price = await lastPrice(web);
  const at = (id: string, gateway: string): Data => ({ ...buy(id, Math.round(price * 0.95)), gateway_name: gateway });
  for (const gateway of ['old:SIM', 'new:SIM']) {
    const { status, body } = await web.ask('POST', '/orders', at(`both-${gateway.slice(0, 3)}`, gateway));
    expect([status, String(body['vt_orderid'])]).toEqual([201, expect.stringMatching(`^${gateway}\\.`)]);
  }
  expect([executed(old, 'both-old'), executed(current, 'both-new')]).toEqual([1, 1]);
  expect([executed(old, 'both-new'), executed(current, 'both-old')]).toEqual([0, 0]);

  await old.kill();
  const states = async (): Promise<unknown> => {
    const { servers } = (await web.ask('GET', '/status')).body;
    return (servers as readonly Data[]).map(({ name, state }) => [name, state]);
  };
  await expect.poll(states, PATIENCE).toEqual([
    ['old', 'disconnected'],
    ['new', 'connected'],
  ]);
  const away = await web.ask('POST', '/orders', at('away-old', 'old:SIM'));
  expect([away.status, problemOf(away)]).toEqual([503, 'order-not-sent']);
  const sent = await web.ask('POST', '/orders', at('after-new', 'new:SIM'));
  expect(sent.status).toBe(201);
  const path = `/orders/${String(sent.body['vt_orderid'])}`;
  // Its events come after the answer: what is to be cancelled has to be known.
  await expect.poll(async () => (await web.ask('GET', path)).status, PATIENCE).toBe(200);
  expect((await web.ask('DELETE', path)).status).toBe(202);
  await expect.poll(async () => (await web.ask('GET', path)).body['status'], PATIENCE).toBe('CANCELLED');
});
