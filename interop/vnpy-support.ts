import { Direction, Offset, OrderRequest, OrderType, RpcGateway } from 'vnpy-bridge/vnpy';
import type { ContractData, GatewayEvents, OrderRequestInit, RpcGatewayOptions } from 'vnpy-bridge/vnpy';
import { expect, onTestFinished } from 'vitest';
import { PATIENCE } from './support/index.js';
import type { Addresses, VnpyVersion } from './support/index.js';

/** The peers that the contract tests are run with: both versions, both languages of enum values. */
export const PEERS: readonly { readonly vnpy: VnpyVersion; readonly locale: string }[] = [
  { vnpy: '4.5', locale: 'zh_CN.UTF-8' },
  { vnpy: '4.5', locale: 'en_US.UTF-8' },
  { vnpy: '4.4', locale: 'zh_CN.UTF-8' },
  { vnpy: '4.4', locale: 'en_US.UTF-8' },
];

/** A gateway that is connected, and closed when the test ends. */
export async function connected(addresses: Addresses, options: RpcGatewayOptions = {}): Promise<RpcGateway> {
  const gateway = new RpcGateway({ reconnect: { initial: 20, max: 100 }, ...options });
  onTestFinished(() => gateway.close());
  await gateway.connect(addresses.request, addresses.publish);
  return gateway;
}

/**
 * Resolves when the gateway gets what a vnpy server publishes, which is its accounts once a second at the least. Of what was
 * published before, it finds by itself what the server can list; a log line is lost.
 */
export async function joined(gateway: RpcGateway): Promise<void> {
  await expect.poll(() => gateway.stats().client.events.received, PATIENCE).toBeGreaterThan(0);
}

/** The contract, which must be there. */
export function contractOf(gateway: RpcGateway, vtSymbol: string): ContractData {
  const contract = gateway.contracts.get(vtSymbol);
  if (contract === undefined) throw new Error(`no contract ${vtSymbol}`);
  return contract;
}

/** An order to buy one lot, to open, at a limit. */
export function buy(contract: ContractData, price: number, changes: Partial<OrderRequestInit> = {}): OrderRequest {
  return new OrderRequest({
    symbol: contract.symbol,
    exchange: contract.exchange,
    direction: Direction.LONG,
    offset: Offset.OPEN,
    type: OrderType.LIMIT,
    price,
    volume: 1,
    ...changes,
  });
}

/** The first event that the condition holds for. */
export function next<Name extends keyof GatewayEvents>(
  gateway: RpcGateway,
  name: Name,
  condition: (...args: GatewayEvents[Name]) => boolean = () => true,
): Promise<GatewayEvents[Name][0]> {
  return new Promise((resolve) => {
    const off = gateway.on(name, (...args) => {
      if (!condition(...args)) return;
      off();
      resolve(args[0]);
    });
  });
}
