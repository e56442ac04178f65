/**
 * A real vnpy server behind a guarded relay: `vnpy server ← RpcGateway ← Guard ← RpcService`, and whoever uses it.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { Guard } from 'vnpy-bridge/guard';
import type { GuardOptions } from 'vnpy-bridge/guard';
import { generateCurveKeyPair } from 'vnpy-bridge/rpc';
import type { ClientSecurity, CurveKeyPair } from 'vnpy-bridge/rpc';
import {
  CancelRequest,
  Direction,
  Exchange,
  Offset,
  OrderRequest,
  OrderType,
  RpcGateway,
  RpcService,
} from 'vnpy-bridge/vnpy';
import type { OrderRequestInit, RpcGatewayOptions } from 'vnpy-bridge/vnpy';
import { field, freeAddress, PATIENCE, plain, RelayProcess } from './support/index.js';
import type { Addresses, Described, Peer, PeerRecord, RelayOptions, VnpyVersion } from './support/index.js';

/** A line of the audit, as it stands in the file. */
export type Line = Readonly<Record<string, unknown>>;

/** Addresses of a principal's own, for clients of all versions. */
export interface OwnAddresses {
  readonly request: string;
  readonly subscribe: string;
  readonly subscribePair: string;
}

export async function ownAddresses(): Promise<OwnAddresses> {
  return { request: await freeAddress(), subscribe: await freeAddress(), subscribePair: await freeAddress() };
}

/** A policy by which everybody on this machine may trade, within limits. */
export function traderPolicy(limits: object, more: object = {}): object {
  const functions = ['get_*', 'subscribe', 'send_order', 'cancel_order'];
  return {
    version: 1,
    audit: 'audit.jsonl',
    roles: { trader: { functions, see: 'own', limits } },
    principals: { local: { roles: ['trader'] } },
    ...more,
  };
}

/** Where a client of a version connects. */
export function addressesFor(vnpy: VnpyVersion, { request, subscribe, subscribePair }: OwnAddresses): Addresses {
  return { request, publish: vnpy === '4.5' ? subscribe : subscribePair };
}

/** A policy in a folder of its own, with its audit. */
export class PolicyHome {
  readonly folder = mkdtempSync(join(tmpdir(), 'vnpy-guard-'));
  readonly path = join(this.folder, 'guard.json');

  constructor(policy: object) {
    this.write(policy);
  }

  write(policy: object): void {
    writeFileSync(this.path, JSON.stringify(policy), { mode: 0o600 });
  }

  /** The whole lines of the audit, in their order. */
  audit(): readonly Line[] {
    const text = readFileSync(join(this.folder, 'audit.jsonl'), 'utf8');
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A guarded relay in this process. */
export interface Relay {
  readonly guard: Guard;
  readonly upstream: RpcGateway;
  /** Of the service without security: there `local` is served. */
  readonly local: OwnAddresses;
  /** Of the service with CURVE. */
  readonly curve: Addresses;
  /** The security of a client with these keys. */
  readonly securityOf: (keys: CurveKeyPair) => ClientSecurity;
  /** Messages of the guard's log. */
  readonly logged: readonly string[];
  readonly close: () => Promise<void>;
}

/** Opens a guard in front of a server: for clients without security, and for those with CURVE. */
export async function openRelay(
  server: Peer,
  path: string,
  options: { readonly guard?: GuardOptions; readonly upstream?: RpcGatewayOptions } = {},
): Promise<Relay> {
  const logged: string[] = [];
  const log = (message: string): void => void logged.push(message);
  const logger = { debug: () => undefined, info: log, warn: log, error: log };
  const ends: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const upstream = new RpcGateway({ reconnect: { initial: 20, max: 100 }, ...options.upstream });
    ends.push(() => upstream.close());
    await upstream.connect(server.addresses.request, server.addresses.publish);
    const guard = await Guard.open(path, { logger, ...options.guard });
    ends.push(() => guard.close());
    const keys = await generateCurveKeyPair();
    const plainService = new RpcService(upstream, { guard, logger });
    const curveService = new RpcService(upstream, {
      guard,
      logger,
      security: { mechanism: 'curve', secretKey: keys.secretKey },
    });
    for (const service of [plainService, curveService]) {
      service.server.register('add', (a: number, b: number) => a + b, { params: ['a', 'b'] });
      ends.push(() => service.stop());
      await service.start('tcp://127.0.0.1:0', { topicFrame: 'tcp://127.0.0.1:0', pair: 'tcp://127.0.0.1:0' });
    }
    const [local, curve] = [plainService, curveService].map(({ addresses }) => ({
      request: addresses?.reply ?? '',
      subscribe: addresses?.topicFrame ?? '',
      subscribePair: addresses?.pair ?? '',
    }));
    if (local === undefined || curve === undefined) throw new Error('two services have addresses');
    return {
      guard,
      upstream,
      local,
      curve: { request: curve.request, publish: curve.subscribe },
      securityOf: ({ publicKey, secretKey }) => ({
        mechanism: 'curve',
        serverKey: keys.publicKey,
        publicKey,
        secretKey,
      }),
      logged,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Starts `vnpy-bridge relay` as a process, and waits until it serves. It is killed with the test. */
export async function startRelay(options: RelayOptions): Promise<RelayProcess> {
  const relay = new RelayProcess(options);
  onTestFinished(() => relay.kill());
  await relay.ready;
  return relay;
}

/** A client of this package with CURVE keys. The caller closes it. */
export async function nodeClient(relay: Relay, keys: CurveKeyPair): Promise<RpcGateway> {
  const gateway = new RpcGateway({ reconnect: { initial: 20, max: 100 }, security: relay.securityOf(keys) });
  await gateway.connect(relay.curve.request, relay.curve.publish);
  return gateway;
}

/** An order far below the market: it works until it is cancelled. */
export function resting(changes: Partial<OrderRequestInit> = {}): OrderRequest {
  return new OrderRequest({
    symbol: 'rb2705',
    exchange: Exchange.SHFE,
    direction: Direction.LONG,
    offset: Offset.OPEN,
    type: OrderType.LIMIT,
    price: 3200,
    volume: 1,
    ...changes,
  });
}

/** The same for a Python RpcGateway's command `send_order`. */
export function pythonOrder(changes: PeerRecord = {}): PeerRecord {
  return { vt_symbol: 'rb2705.SHFE', direction: 'LONG', offset: 'OPEN', price: 3200, volume: 1, ...changes };
}

/** What the server has really taken, by its journal: the judge of everything here. */
export function taken(server: Peer, fits: (line: PeerRecord) => boolean = () => true): readonly PeerRecord[] {
  return server.journal().filter((line) => line['event'] === 'order' && fits(line));
}

/** The orders that a Python peer's server or client lists. */
export async function listed(peer: Peer, expression: string): Promise<readonly Described[]> {
  return (await peer.command<Described>('eval', { code: expression })).value as Described[];
}

/** vt_orderids of what a list has. */
export function idsOf(orders: readonly Described[]): readonly string[] {
  return orders.map((order) => String(plain(field(order, 'vt_orderid'))));
}

/** The cancel of an order of rb2705. */
export function cancelOf(vtOrderid: string): CancelRequest {
  return new CancelRequest({
    orderid: vtOrderid.slice(vtOrderid.indexOf('.') + 1),
    symbol: 'rb2705',
    exchange: Exchange.SHFE,
  });
}

/** Cancels everything at the server itself, so that the next test begins with none. */
export async function clear(server: Peer): Promise<void> {
  const cancel = 'main_engine.cancel_order(order.create_cancel_request(), "SIM")';
  // One that was sent just now may be on its way to the exchange, or to this list.
  await expect
    .poll(async () => {
      await server.command('eval', { code: `[${cancel} for order in main_engine.get_all_active_orders()]` });
      return await listed(server, 'main_engine.get_all_active_orders()');
    }, PATIENCE)
    .toEqual([]);
}

/** Resolves when a peer got another event of a type than those that it had. */
export async function nextEvent(peer: Peer, type: string): Promise<void> {
  const had = peer.records.length;
  await peer.waitFor((line) => line['event'] === type && peer.records.indexOf(line) >= had);
}

/** The log lines that a Python client has heard. */
export function logsOf(peer: Peer): readonly string[] {
  return peer.records
    .filter((line) => line['event'] === 'eLog')
    .map((line) => String(plain(field(line['data'] as Described, 'msg'))));
}

/** Ids of the orders that a Python client has heard of, with the status of each event. */
export function heardOrders(peer: Peer): readonly (readonly [id: string, status: string])[] {
  return peer.records
    .filter((line) => line['event'] === 'eOrder.')
    .map((line) => line['data'] as Described)
    .map((order) => [String(plain(field(order, 'orderid'))), String(plain(field(order, 'status')))] as const);
}
