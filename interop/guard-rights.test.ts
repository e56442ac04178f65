/**
 * Who may do what, see what and stay connected at a guarded relay in front of a real vnpy: with unmodified Python RpcGateways,
 * and with clients of this package by CURVE.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateCurveKeyPair, RpcClient } from 'vnpy-bridge/rpc';
import type { CurveKeyPair } from 'vnpy-bridge/rpc';
import { EventType, Status, vnpyRegistry } from 'vnpy-bridge/vnpy';
import type { Event, OrderData, RpcGateway } from 'vnpy-bridge/vnpy';
import {
  addressesFor,
  cancelOf,
  clear,
  heardOrders,
  idsOf,
  listed,
  logsOf,
  nextEvent,
  nodeClient,
  openRelay,
  ownAddresses,
  PolicyHome,
  pythonOrder,
  resting,
  taken,
} from './guard-support.js';
import type { OwnAddresses, Relay } from './guard-support.js';
import { field, PATIENCE, PeerCommandError, plain, startPeer } from './support/index.js';
import type { Described, Peer } from './support/index.js';
import { next } from './vnpy-support.js';

const NOW = '__import__("datetime").datetime.now(__import__("datetime").timezone.utc)';
const ORDER =
  'OrderRequest("rb2705", Exchange.SHFE, Direction.LONG, OrderType.LIMIT, 1, 3200, Offset.OPEN, "matrix"), "SIM"';

/** Every function of vnpy's RPC, and what else passes or does not, as Python calls it. `own` is an order of the caller's. */
const CALLS: Readonly<Record<string, (own: string) => string>> = {
  subscribe: () => 'subscribe(SubscribeRequest("rb2705", Exchange.SHFE), "SIM")',
  send_order: () => `send_order(${ORDER})`,
  cancel_order: (own) => `cancel_order(CancelRequest("${own}", "rb2705", Exchange.SHFE), "SIM")`,
  query_history: () => `query_history(HistoryRequest("rb2705", Exchange.SHFE, ${NOW}, ${NOW}, Interval.HOUR), "SIM")`,
  get_tick: () => 'get_tick("rb2705.SHFE")',
  get_order: (own) => `get_order("SIM.${own}")`,
  get_trade: () => 'get_trade("SIM.1")',
  get_position: () => 'get_position("SIM.au2706.SHFE.LONG")',
  get_account: () => 'get_account("SIM.CNY")',
  get_contract: () => 'get_contract("rb2705.SHFE")',
  get_all_ticks: () => 'get_all_ticks()',
  get_all_orders: () => 'get_all_orders()',
  get_all_trades: () => 'get_all_trades()',
  get_all_positions: () => 'get_all_positions()',
  get_all_accounts: () => 'get_all_accounts()',
  get_all_contracts: () => 'get_all_contracts()',
  get_all_active_orders: () => 'get_all_active_orders()',
  add: () => 'add(1, 2)',
};

const QUERIES = Object.keys(CALLS).filter((name) => name.startsWith('get_'));
const LISTS = QUERIES.filter((name) => name.startsWith('get_all_'));

/** Who may call what: said here anew, without patterns. */
const MAY: Readonly<Record<'desk' | 'screen' | 'local', readonly string[]>> = {
  desk: ['subscribe', 'send_order', 'cancel_order', 'query_history', ...QUERIES],
  screen: ['subscribe', 'get_tick', 'get_contract', ...LISTS],
  local: ['query_history', 'add', ...QUERIES],
};

function policyOf(desk: OwnAddresses, screen: OwnAddresses, keys: Readonly<Record<string, CurveKeyPair>>): object {
  const curve = (name: string): string | undefined => keys[name]?.publicKey;
  return {
    version: 1,
    audit: 'audit.jsonl',
    roles: {
      trader: {
        functions: ['get_*', 'subscribe', 'query_history', 'send_order', 'cancel_order'],
        gateways: ['SIM'],
        symbols: ['*.SHFE'],
        see: 'own',
        limits: { orderVolume: 10, openOrders: 5 },
      },
      viewer: { functions: ['get_all_*', 'get_tick', 'get_contract', 'subscribe'] },
      clerk: { functions: ['get_*', 'query_history', 'add'], see: 'own' },
    },
    principals: {
      desk: { listen: desk, roles: ['trader'] },
      screen: { listen: screen, roles: ['viewer'] },
      local: { roles: ['clerk'] },
      'node-desk': { curveKey: curve('desk'), roles: ['trader'] },
      'node-screen': { curveKey: curve('screen'), roles: ['viewer'] },
    },
  };
}

/** The last line of the traceback with which a Python call was answered; undefined where it was answered otherwise. */
async function refusalOf(peer: Peer, call: string): Promise<string | undefined> {
  try {
    await peer.command('eval', { code: `gateway.client.${call}` });
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(PeerCommandError);
    const { type, message } = error as PeerCommandError;
    expect(type).toBe('vnpy.rpc.client.RemoteException');
    return message.trimEnd().split('\n').at(-1);
  }
}

async function sent(peer: Peer, changes: Record<string, unknown> = {}): Promise<string> {
  const id = await peer.command<string>('send_order', pythonOrder(changes));
  return id.replace('RPC.', 'SIM.');
}

describe.each(['4.5', '4.4'] as const)('vnpy %s', (vnpy) => {
  let home: PolicyHome;
  let server: Peer;
  let relay: Relay;
  let peers: Readonly<Record<'desk' | 'screen' | 'local', Peer>>;
  let nodes: Readonly<Record<'desk' | 'screen', RpcGateway>>;
  let keys: Readonly<Record<'desk' | 'screen', CurveKeyPair>>;
  let deskAt: OwnAddresses;
  let screenAt: OwnAddresses;

  beforeAll(async () => {
    server = await startPeer({ script: 'vnpy_server', vnpy, args: ['--rate', '5'], journal: true });
    [deskAt, screenAt] = [await ownAddresses(), await ownAddresses()];
    keys = { desk: await generateCurveKeyPair(), screen: await generateCurveKeyPair() };
    home = new PolicyHome(policyOf(deskAt, screenAt, keys));
    relay = await openRelay(server, home.path);
    const python = (addresses: OwnAddresses): Promise<Peer> =>
      startPeer({ script: 'gateway_client', vnpy, addresses: addressesFor(vnpy, addresses), args: ['--connect'] });
    const [desk, screen, local] = await Promise.all([deskAt, screenAt, relay.local].map(python));
    if (desk === undefined || screen === undefined || local === undefined) throw new Error('three peers were started');
    peers = { desk, screen, local };
    nodes = { desk: await nodeClient(relay, keys.desk), screen: await nodeClient(relay, keys.screen) };
    // An account is told of once a second: from here on everybody hears.
    await Promise.all(Object.values(peers).map((peer) => peer.waitFor((line) => line['event'] === 'eAccount.')));
  });

  afterAll(async () => {
    for (const node of Object.values(nodes)) await node.close();
    await relay.close();
    home.remove();
  });

  test.each(['desk', 'screen', 'local'] as const)(
    '%s: every function is answered, or is a GuardError',
    async (name) => {
      const own = name === 'desk' ? (await sent(peers.desk)).slice(4) : 'none';
      for (const [call, expression] of Object.entries(CALLS)) {
        const expected = MAY[name].includes(call) ? undefined : `GuardError: [function] ${name} may not call ${call}`;
        expect(`${call}: ${await refusalOf(peers[name], expression(own))}`).toBe(`${call}: ${expected}`);
      }
      expect(await refusalOf(peers[name], 'no_such_function()')).toBe(
        `GuardError: [function] ${name} may not call no_such_function`,
      );
      // A search for an order passes for everybody, and whether the server lives.
      const marker = `vnpy-bridge-findOrder-${name}`;
      const cancel = `cancel_order(CancelRequest("x", "vnpy-bridge", Exchange.LOCAL), "${marker}")`;
      expect(await refusalOf(peers[name], cancel)).toBeUndefined();
      await peers[name].waitFor((line) => line['event'] === 'eLog' && JSON.stringify(line['data']).includes(marker));
      expect(await refusalOf(peers[name], 'vnpy_bridge_are_you_there()')).not.toContain('GuardError');
      // Nobody else hears of the search.
      for (const other of Object.values(peers).filter((peer) => peer !== peers[name])) {
        await nextEvent(other, 'eAccount.');
        expect(logsOf(other).filter((line) => line.includes(marker))).toEqual([]);
      }
      await clear(server);
    },
  );

  test('a refused order is an empty id and a log event that its sender alone hears', async () => {
    const before = taken(server).length;
    expect(await sent(peers.desk, { volume: 12 })).toBe('');
    expect(await sent(peers.desk, { vt_symbol: 'IF2703.CFFEX' })).toBe('');
    const texts = [
      `send_order: [orderVolume] order volume 12 is more than desk's limit of 10`,
      `send_order: [symbol] desk may not trade IF2703.CFFEX`,
    ];
    for (const text of texts)
      await peers.desk.waitFor((line) => line['event'] === 'eLog' && JSON.stringify(line['data']).includes(text));
    expect(taken(server)).toHaveLength(before);
    for (const other of [peers.screen, peers.local]) {
      await nextEvent(other, 'eAccount.');
      expect(logsOf(other).filter((line) => line.includes('send_order'))).toEqual([]);
    }
    // In Node it is an error that says which rule.
    await expect(nodes.desk.sendOrder(resting({ volume: 11 }), { gatewayName: 'SIM' })).rejects.toMatchObject({
      outcome: 'refused',
      message: expect.stringContaining(`[orderVolume] order volume 11 is more than node-desk's limit of 10`) as string,
    });
    expect(taken(server)).toHaveLength(before);
  });

  test('each desk sees its own orders, from the first event on, and the screen sees all', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 5; index++) ids.push(await sent(peers.desk, { price: 3201 + index }));
    const heardByNode: Event[] = [];
    nodes.desk.on('event', (event) => heardByNode.push(event));
    const theirs = await nodes.desk.sendOrder(resting(), { gatewayName: 'SIM' });
    await nodes.desk.waitForOrder(theirs, { until: ({ status }) => status === Status.NOTTRADED, timeout: 20_000 });
    for (const id of ids) {
      await peers.desk.command('wait', {
        kind: 'order',
        key: id.replace('SIM', 'RPC'),
        fields: { status: 'NOTTRADED' },
      });
      // The server tells of an order before it has answered with its id.
      expect(heardOrders(peers.desk)).toContainEqual([id.slice(4), 'SUBMITTING']);
    }
    for (const id of [...ids, theirs]) {
      await peers.screen.command('wait', {
        kind: 'order',
        key: id.replace('SIM', 'RPC'),
        fields: { status: 'NOTTRADED' },
      });
    }
    await nextEvent(peers.desk, 'eAccount.');
    await nextEvent(peers.local, 'eAccount.');
    expect(heardOrders(peers.desk).filter(([id]) => theirs.endsWith(id))).toEqual([]);
    expect(heardOrders(peers.local)).toEqual([]);
    const told = heardByNode.filter(({ type }) => type === EventType.ORDER);
    expect(new Set(told.map(({ data }) => (data as OrderData).vt_orderid))).toEqual(new Set([theirs]));
    expect(told.map(({ data }) => (data as OrderData).status)).toContain(Status.SUBMITTING);
    // The same holds for answers.
    expect(idsOf(await listed(peers.desk, 'gateway.client.get_all_active_orders()'))).toEqual(ids);
    expect(new Set(idsOf(await listed(peers.screen, 'gateway.client.get_all_active_orders()')))).toEqual(
      new Set([...ids, theirs]),
    );
    expect(await listed(peers.local, 'gateway.client.get_all_orders()')).toEqual([]);
    const foreign = await peers.desk.command<Described>('eval', { code: `gateway.client.get_order("${theirs}")` });
    expect(foreign.type).toBe('NoneType');
  });

  test('positions are seen where the role has their contracts', async () => {
    const heard = (peer: Peer): Set<unknown> =>
      new Set(
        peer.records
          .filter((line) => line['event'] === 'ePosition.')
          .map((line) => plain(field(line['data'] as Described, 'vt_symbol'))),
      );
    const answered = async (peer: Peer): Promise<Set<unknown>> => {
      const positions = await listed(peer, 'gateway.client.get_all_positions()');
      return new Set(positions.map((position) => plain(field(position, 'vt_symbol'))));
    };
    await peers.screen.waitFor((line) => line['event'] === 'ePosition.600000.SSE');
    await nextEvent(peers.desk, 'eAccount.');
    for (const symbols of [heard(peers.desk), await answered(peers.desk)]) {
      expect(symbols).toContain('au2706.SHFE');
      expect([...symbols].filter((symbol) => !String(symbol).endsWith('.SHFE'))).toEqual([]);
    }
    for (const symbols of [heard(peers.screen), await answered(peers.screen)])
      expect(symbols).toEqual(new Set(['au2706.SHFE', 'IF2703.CFFEX', '600000.SSE']));
  });

  test("a foreign order's cancel is refused, whatever the request says of it", async () => {
    await clear(server);
    const theirs = await nodes.desk.sendOrder(resting(), { gatewayName: 'SIM' });
    const unowned = await server.command<Described>('eval', { code: `main_engine.send_order(${ORDER})` });
    const before = server.journal().filter((line) => line['event'] === 'cancel').length;
    for (const id of [theirs, String(plain(unowned))]) {
      const refusal = await refusalOf(peers.desk, CALLS['cancel_order']?.(id.slice(4)) ?? '');
      expect(refusal).toMatch(/^GuardError: \[owner\] desk may cancel its own orders only/);
    }
    expect(server.journal().filter((line) => line['event'] === 'cancel')).toHaveLength(before);
    await nodes.desk.cancelOrder(cancelOf(theirs), 'SIM');
    await nodes.desk.waitForOrder(theirs, { until: ({ status }) => status === Status.CANCELLED, timeout: 20_000 });
    await clear(server);
  });

  test('whoever has no key of the policy is not let in', async () => {
    const security = relay.securityOf(await generateCurveKeyPair());
    const intruder = new RpcClient({ security, registry: vnpyRegistry, timeout: 2000 });
    try {
      await intruder.start(relay.curve.request, relay.curve.publish);
      await expect(intruder.call('get_all_contracts')).rejects.toMatchObject({ outcome: 'not-sent' });
      const order = await intruder
        .call('send_order', [resting({ reference: 'intruder' }), 'SIM'])
        .catch(() => 'refused');
      expect(order).toBe('refused');
    } finally {
      await intruder.stop();
    }
    expect(taken(server, (line) => line['reference'] === 'intruder')).toEqual([]);
    expect(Object.keys(relay.guard.status().connected).sort()).toEqual(
      ['desk', 'local', 'node-desk', 'node-screen', 'screen'].sort(),
    );
  });

  test('whose key is taken away loses its connections at once, and the others keep theirs', async () => {
    const policy = policyOf(deskAt, screenAt, keys) as { principals: Record<string, unknown> };
    const gone = ['desk', 'node-desk'];
    const rest = Object.fromEntries(Object.entries(policy.principals).filter(([name]) => !gone.includes(name)));
    const lost = next(nodes.desk, 'status', ({ state }) => state === 'disconnected');
    let others = 0;
    nodes.screen.on('status', () => others++);
    const { generation } = relay.guard.status().policy;
    const own = await nodes.desk.sendOrder(resting({ reference: 'revoked' }), { gatewayName: 'SIM' });
    const before = taken(server).length;
    home.write({ ...policy, principals: rest });
    await expect.poll(() => relay.guard.status().policy.generation, PATIENCE).toBe(generation + 1);
    const since = performance.now();
    await lost;
    expect(performance.now() - since).toBeLessThan(1000);
    await expect
      .poll(() => Object.keys(relay.guard.status().connected).sort(), PATIENCE)
      .toEqual(['local', 'node-screen', 'screen']);
    // An unmodified Python client tries again and again, and hears and gets nothing.
    await nextEvent(peers.screen, 'eAccount.');
    const heard = peers.desk.records.length;
    await nextEvent(peers.screen, 'eAccount.');
    await nextEvent(peers.local, 'eAccount.');
    expect(peers.desk.records.slice(heard)).toEqual([]);
    await expect(
      peers.desk.command('eval', { code: `gateway.client.send_order(${ORDER}, timeout=500)` }),
    ).rejects.toMatchObject({
      type: 'vnpy.rpc.client.RemoteException',
      message: expect.stringContaining('500') as string,
    });
    await expect(nodes.desk.sendOrder(resting(), { gatewayName: 'SIM', timeout: 500 })).rejects.toMatchObject({
      outcome: 'not-sent',
    });
    expect(taken(server)).toHaveLength(before);
    expect(others).toBe(0);
    await expect.poll(() => nodes.screen.getOrder(own)?.reference, PATIENCE).toBe('revoked');
    await expect(nodes.screen.cancelOrder(cancelOf(own), 'SIM')).rejects.toThrow('[function]');
    expect(await refusalOf(peers.screen, 'get_all_orders()')).toBeUndefined();
  });
});
