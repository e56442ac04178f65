import { expect, onTestFinished, test } from 'vitest';
import { Guard } from 'vnpy-bridge/guard';
import { MemoryTransport, RpcUsageError } from 'vnpy-bridge/rpc';
import { RpcGateway, RpcService, SendOrderError } from 'vnpy-bridge/vnpy';
import type { OrderTerms, RpcServiceOptions, TradingEngine } from 'vnpy-bridge/vnpy';
import { TermsTransport } from '../rpc/support/terms-transport.js';
import { ScriptedEngine, closed, gatewayTo, orderRequest } from './support.js';

// What comes with an order, beside it; and how a no reads at the other end.

async function over(
  engine: TradingEngine,
  options: RpcServiceOptions = {},
): Promise<{ transport: TermsTransport; gateway: RpcGateway }> {
  const transport = new TermsTransport();
  const service = closed(new RpcService(engine, { transport, gracePeriod: 1, ...options }));
  await service.start('requests', 'events');
  const gateway = closed(new RpcGateway({ transport }));
  await gateway.connect('requests', 'events');
  return { transport, gateway };
}

function failing(error: Error): ScriptedEngine {
  const engine = new ScriptedEngine();
  engine.onSendOrder = () => Promise.reject(error);
  return engine;
}

const failureOf = async (gateway: RpcGateway): Promise<SendOrderError> => {
  const failure: unknown = await gateway.sendOrder(orderRequest()).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(SendOrderError);
  return failure as SendOrderError;
};

/** The error of an edge, as it is known by its name. */
function clusterError(message: string): Error {
  const error = new Error(message);
  error.name = 'ClusterError';
  return error;
}

test('key and deadline come with an order to the engine', async () => {
  const engine = new ScriptedEngine();
  const { gateway } = await over(engine);
  const deadline = performance.now() + 2000;
  await gateway.sendOrder(orderRequest(), {}, { key: 'k-7', deadline });
  const [terms] = engine.terms;
  expect(terms?.key).toBe('k-7');
  // The wire has what is left of the time, not when it ends.
  expect(terms?.deadline).toBeLessThan(deadline + 200);
  expect(terms?.deadline).toBeGreaterThan(deadline - 200);
});

test('without a place for them nothing comes with an order', async () => {
  const engine = new ScriptedEngine();
  const gateway = await gatewayTo(engine);
  await gateway.sendOrder(orderRequest(), {}, { key: 'k-7' });
  expect(engine.terms).toEqual([undefined]);
});

test('they pass a guard', async () => {
  const engine = new ScriptedEngine();
  const guard = await Guard.open({
    version: 1,
    audit: false,
    roles: { all: { functions: ['*'], symbols: ['*'], gateways: ['*'] } },
    principals: { local: { roles: ['all'] } },
  });
  onTestFinished(() => guard.close());
  const { gateway } = await over(engine, { guard });
  await gateway.sendOrder(orderRequest(), {}, { key: 'k-8' });
  expect(engine.terms.map((terms) => terms?.key)).toEqual(['k-8']);
});

test('an order whose deadline is over does not leave', async () => {
  const engine = new ScriptedEngine();
  const { gateway } = await over(engine);
  const terms: OrderTerms = { key: 'k-9', deadline: performance.now() };
  const failure = await gateway.sendOrder(orderRequest(), {}, terms).catch((error: unknown) => error);
  expect(failure).toMatchObject({ outcome: 'not-sent', key: 'k-9' });
  expect(engine.requests).toEqual([]);
});

test('the deadline shortens the timeout', async () => {
  const engine = new ScriptedEngine();
  engine.onSendOrder = () => new Promise(() => undefined);
  const { transport, gateway } = await over(engine);
  const sending = gateway.sendOrder(orderRequest(), {}, { deadline: performance.now() + 50 });
  await expect(sending).rejects.toMatchObject({ outcome: 'unknown' });
  expect(transport.calls.find(({ method }) => method === 'send_order')?.timeout).toBeLessThanOrEqual(50);
});

test('a gateway without a journal refuses a key: two orders with it would be two', async () => {
  const engine = new ScriptedEngine();
  const gateway = await gatewayTo(engine);
  const failure: unknown = await gateway.sendOrder(orderRequest(), { key: 'k' }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(RpcUsageError);
  expect(failure).toMatchObject({ code: 'BAD_OPTION', message: expect.stringMatching(/ClusterGateway/) as string });
  expect(engine.requests).toEqual([]);
});

test('a no of the engine is a log event by default, and an exception where it is wanted', async () => {
  const refused = new SendOrderError('refused', 'the margin is too small', { reference: 'r' });
  const empty = await over(failing(refused));
  expect(await failureOf(empty.gateway)).toMatchObject({
    outcome: 'refused',
    logs: [expect.stringMatching(/margin is too small/) as string],
  });
  const exception = await over(failing(refused), { refuseOrders: 'exception' });
  expect(await failureOf(exception.gateway)).toMatchObject({
    outcome: 'refused',
    logs: [],
    message: 'The server did not take the order: the margin is too small',
  });
});

test.each<readonly [title: string, error: Error, outcome: string]>([
  ['an order that its server did not get', new SendOrderError('not-sent', 'gone', { reference: 'r' }), 'refused'],
  ['an order of which nothing is known', new SendOrderError('unknown', 'a timeout', { reference: 'r' }), 'unknown'],
  ['an exception of the engine', new TypeError('x'), 'unknown'],
  ['an edge that refuses', clusterError('[HALTED] by ann'), 'refused'],
  ['an edge at which it came too late', clusterError('[EXPIRED] 3 ms'), 'not-sent'],
  [
    'the same as the cause of the error of the order',
    new SendOrderError('not-sent', 'x', { reference: 'r', cause: clusterError('[EXPIRED] 3 ms') }),
    'not-sent',
  ],
  [
    'the no of a server behind the server',
    new SendOrderError('refused', 'x', {
      reference: 'r',
      cause: Object.assign(new Error('y'), { name: 'GuardError' }),
    }),
    'refused',
  ],
])('what an exception says of the order: %s', async (_title, error, outcome) => {
  const { gateway } = await over(failing(error), { refuseOrders: 'exception' });
  expect(await failureOf(gateway)).toMatchObject({ outcome });
});

test('through two servers with exceptions, a no stays one', async () => {
  const near = await over(failing(clusterError('[HALTED] by ann')), { refuseOrders: 'exception' });
  const far = await over(near.gateway, { refuseOrders: 'exception' });
  expect(await failureOf(far.gateway)).toMatchObject({
    outcome: 'refused',
    message: expect.stringMatching(/HALTED/) as string,
  });
});

test('refuseOrders is one of two', () => {
  const options = { transport: new MemoryTransport(), refuseOrders: 'loud' as never };
  expect(() => new RpcService(new ScriptedEngine(), options)).toThrow(/refuseOrders/);
});
