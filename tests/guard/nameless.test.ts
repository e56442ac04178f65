import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Guard } from 'vnpy-bridge/guard';
import { RpcUsageError } from 'vnpy-bridge/rpc';
import { GatewayError, RpcGateway, RpcService, SendOrderError } from 'vnpy-bridge/vnpy';
import { order } from '../vnpy/support.js';
import { good, QUIET, TRADER, twoGateways } from './attack-support.js';

// libzmq tells of no message who sent it: a guard in front of it knows one principal, and this machine alone.

const policyOf = (principals: object): object => ({
  version: 1,
  audit: false,
  roles: { trader: { ...TRADER, symbols: ['*'] } },
  principals,
});

const LOCAL = policyOf({ local: { roles: ['trader'] } });

async function opened(policy: object | string = LOCAL): Promise<Guard> {
  const guard = await Guard.open(policy, { logger: QUIET });
  onTestFinished(() => guard.close());
  return guard;
}

test('with local alone it serves at loopback: limits, log lines, own orders and their events', async () => {
  const engine = twoGateways();
  const service = new RpcService(engine, { guard: await opened(), logger: QUIET, transport: 'zeromq' });
  onTestFinished(() => service.stop());
  await service.start('tcp://127.0.0.1:0', 'tcp://127.0.0.1:0');
  const gateway = new RpcGateway({ logger: QUIET, transport: 'zeromq' });
  onTestFinished(() => gateway.close());
  await gateway.connect(service.addresses?.reply ?? '', service.addresses?.topicFrame ?? '');
  const error = await gateway.sendOrder(good({ volume: 11 })).catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(SendOrderError);
  expect(error).toMatchObject({ rule: 'orderVolume', limit: 10, value: 11 });
  expect(engine.requests).toEqual([]);
  const id = await gateway.sendOrder(good());
  expect(id).toBe('CTP.1');
  engine.tellOrder(order('9', { volume: 1 }));
  engine.tellOrder(order('1', { volume: 1 }));
  await vi.waitFor(() => {
    expect(gateway.orders.get(id)).toBeDefined();
  });
  // See is own: another program's order is not shown.
  expect(gateway.orders.get('CTP.9')).toBeUndefined();
});

describe('everything else is refused', () => {
  test.each<readonly [string, object]>([
    ['two principals', { local: { roles: ['trader'] }, desk: { plainUser: 'desk', roles: ['trader'] } }],
    ['one that is not local', { desk: { plainUser: 'desk', roles: ['trader'] } }],
    ['one by its address', { desk: { addresses: ['127.0.0.1'], roles: ['trader'] } }],
    ['local whose orders are cancelled when it goes', { local: { roles: ['trader'], cancelOnDisconnect: 5 } }],
  ])('%s', async (_name, principals) => {
    const guard = await opened(policyOf(principals));
    expect(() => new RpcService(twoGateways(), { guard, logger: QUIET, transport: 'zeromq' })).toThrow(/zmtp/);
  });

  test.each(['tcp://0.0.0.0:0', 'tcp://*:0', 'tcp://[::]:0', 'tcp://10.0.0.1:0'])('an address %s', async (address) => {
    const service = new RpcService(twoGateways(), { guard: await opened(), logger: QUIET, transport: 'zeromq' });
    onTestFinished(() => service.stop());
    await expect(service.start(address, 'tcp://127.0.0.1:0')).rejects.toThrow(RpcUsageError);
    await expect(service.start('tcp://127.0.0.1:0', { pair: address })).rejects.toThrow(
      /can be reached from elsewhere/,
    );
    expect(service.isActive()).toBe(false);
  });

  test('whoever comes once another principal is in the policy', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'guard-'));
    onTestFinished(() => {
      rmSync(folder, { recursive: true, force: true });
    });
    const path = join(folder, 'guard.json');
    writeFileSync(path, JSON.stringify(LOCAL), { mode: 0o600 });
    const guard = await opened(path);
    const engine = twoGateways();
    const service = new RpcService(engine, { guard, logger: QUIET, transport: 'zeromq' });
    onTestFinished(() => service.stop());
    await service.start('tcp://127.0.0.1:0', 'tcp://127.0.0.1:0');
    const gateway = new RpcGateway({ logger: QUIET, transport: 'zeromq' });
    onTestFinished(() => gateway.close());
    await gateway.connect(service.addresses?.reply ?? '', service.addresses?.topicFrame ?? '');
    const two = { local: { roles: ['trader'] }, desk: { plainUser: 'desk', roles: ['trader'] } };
    writeFileSync(path, JSON.stringify(policyOf(two)), { mode: 0o600 });
    await vi.waitFor(
      () => {
        expect(guard.status().policy.generation).toBe(2);
      },
      { timeout: 20_000 },
    );
    const error = await gateway.sendOrder(good()).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ outcome: 'refused', rule: 'principal' });
    expect(error).not.toBeInstanceOf(GatewayError);
    expect(engine.requests).toEqual([]);
  });
});
