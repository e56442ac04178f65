/**
 * A guarded service at real TCP sockets, and clients that send whatever bytes they like: with libzmq's own sockets, and
 * without any of this package's checks.
 */
import { expect, onTestFinished, vi } from 'vitest';
import * as zmq from 'zeromq';
import { Guard } from 'vnpy-bridge/guard';
import type { GuardOptions } from 'vnpy-bridge/guard';
import { dumps, loads, Tuple } from 'vnpy-bridge/pickle';
import { RpcClient } from 'vnpy-bridge/rpc';
import type { Logger } from 'vnpy-bridge/rpc';
import { Event, Exchange, LogData, OrderRequest, RpcService, vnpyRegistry } from 'vnpy-bridge/vnpy';
import type { TradingEngine } from 'vnpy-bridge/vnpy';
import { account, contract, orderRequest, ScriptedEngine } from '../vnpy/support.js';

export const QUIET: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

export const TRADER = {
  functions: ['get_*', 'subscribe', 'query_history', 'send_order', 'cancel_order'],
  gateways: ['CTP'],
  symbols: ['rb*.SHFE'],
  see: 'own',
  limits: { orderVolume: 10 },
};

/** Two desks that know nothing of each other, and a screen. */
export function policyOf(changes: { readonly trader?: object; readonly more?: object } = {}): object {
  return {
    version: 1,
    audit: false,
    roles: { trader: { ...TRADER, ...changes.trader }, viewer: { functions: ['get_*'], see: 'own' } },
    principals: {
      'desk-1': { plainUser: 'desk-1', roles: ['trader'] },
      'desk-2': { plainUser: 'desk-2', roles: ['trader'] },
      screen: { plainUser: 'screen', roles: ['viewer'] },
    },
    ...changes.more,
  };
}

/** An answer as it came: `[true, value]`, or `[false, text of the exception]`. */
export type Reply = readonly [ok: boolean, value: unknown];

/** A client that is nothing but a socket. */
export interface RawClient {
  /** Sends a request of any form, and gives the answer. */
  readonly ask: (request: unknown) => Promise<Reply>;
  /** Sends bytes, and gives the answer's. */
  readonly send: (bytes: Uint8Array) => Promise<Reply>;
  /** `ask` for a function. */
  readonly call: (name: string, args: readonly unknown[], kwargs?: Readonly<Record<string, unknown>>) => Promise<Reply>;
  /** Messages of all log events that it has heard. */
  readonly heard: readonly string[];
  /** Those of them that tell something. */
  readonly logs: readonly string[];
}

/** A guarded service, with what reached the engine behind it. */
export interface Front {
  readonly engine: ScriptedEngine;
  readonly guard: Guard;
  readonly service: RpcService;
  readonly connect: (user?: string) => Promise<RawClient>;
  /** A client of this package. */
  readonly client: (user?: string) => Promise<RpcClient>;
}

const USERS = { 'desk-1': 'secret', 'desk-2': 'secret', screen: 'secret' };

/** An engine with rb2705 and au2706 at CTP, and rb2705 at CTP2. */
export function twoGateways(): ScriptedEngine {
  const engine = new ScriptedEngine();
  engine.contracts = [contract(), contract('au2706'), contract('rb2709', 'CTP2')];
  engine.accounts = [account(1_000_000), account(1_000_000, 'CTP2')];
  let next = 0;
  engine.onSendOrder = (_request, gatewayName) => `${gatewayName}.${++next}`;
  return engine;
}

/** Serves an engine behind a guard. */
export async function front(
  policy: string | object = policyOf(),
  options: { readonly guard?: GuardOptions; readonly engine?: ScriptedEngine; readonly before?: TradingEngine } = {},
): Promise<Front> {
  const engine = options.engine ?? twoGateways();
  const guard = await Guard.open(policy, { logger: QUIET, ...options.guard });
  const service = new RpcService(options.before ?? engine, {
    guard,
    logger: QUIET,
    security: { mechanism: 'plain', users: USERS },
  });
  await service.start('tcp://127.0.0.1:0', 'tcp://127.0.0.1:0');
  onTestFinished(async () => {
    await service.stop();
    await guard.close();
  });
  const { reply = '', topicFrame = '' } = service.addresses ?? {};
  return {
    engine,
    guard,
    service,
    connect: async (user = 'desk-1') => {
      const client = rawClient({ request: reply, publish: topicFrame }, user);
      // Its subscription is on its way: what is published before it is there is lost.
      await vi.waitFor(
        () => {
          service.log('ready', user);
          expect(client.heard.length).toBeGreaterThan(0);
        },
        { timeout: 30_000, interval: 10 },
      );
      return client;
    },
    client: async (user = 'desk-1') => {
      const client = new RpcClient({
        registry: vnpyRegistry,
        logger: QUIET,
        security: { mechanism: 'plain', username: user, password: 'secret' },
      });
      onTestFinished(() => client.stop());
      await client.start(reply, topicFrame);
      await client.ready();
      return client;
    },
  };
}

function rawClient(
  { request, publish }: { readonly request: string; readonly publish: string },
  user: string,
): RawClient {
  const context = new zmq.Context();
  const options = { context, linger: 0, plainUsername: user, plainPassword: 'secret' };
  const asker = new zmq.Request({ ...options, receiveTimeout: 30_000, sendTimeout: 30_000 });
  const listener = new zmq.Subscriber(options);
  asker.connect(request);
  listener.connect(publish);
  listener.subscribe('');
  const heard: string[] = [];
  const listening = (async () => {
    for await (const [, data] of listener) {
      const event: unknown = data === undefined ? undefined : loads(data, { registry: vnpyRegistry });
      if (event instanceof Event && event.data instanceof LogData) heard.push(event.data.msg);
    }
  })();
  listening.catch(() => undefined);
  onTestFinished(async () => {
    asker.close();
    listener.close();
    await listening;
  });
  const send = async (bytes: Uint8Array): Promise<Reply> => {
    await asker.send(bytes);
    const [reply] = await asker.receive();
    const [ok, value] = loads(reply ?? new Uint8Array(), { registry: vnpyRegistry }) as [unknown, unknown];
    return [ok === true, value];
  };
  const ask = (body: unknown): Promise<Reply> => send(dumps(body, { registry: vnpyRegistry }));
  return {
    send,
    ask,
    call: (name, args, kwargs = {}) => ask([name, Tuple.from(args), kwargs]),
    heard,
    get logs() {
      return heard.filter((line) => line !== 'ready');
    },
  };
}

/** A request with whatever is in its fields: what a class would refuse, and no check of this package's has seen. */
export function forged(fields: Readonly<Record<string, unknown>>): OrderRequest {
  return Object.assign(Object.create(OrderRequest.prototype) as OrderRequest, orderRequest(), fields);
}

/** A good order, by which a test sees that the front still works. */
export function good(changes: Parameters<typeof orderRequest>[0] = {}): OrderRequest {
  return orderRequest({ exchange: Exchange.SHFE, ...changes });
}
