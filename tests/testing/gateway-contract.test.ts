import { describe, expect, test } from 'vitest';
import { ContractError, gatewayContract, MemoryTransport } from 'vnpy-bridge/testing';
import type { GatewayUnderTest } from 'vnpy-bridge/testing';
import { RpcGateway, RpcService } from 'vnpy-bridge/vnpy';
import type { TradingEngine } from 'vnpy-bridge/vnpy';
import { Stage } from '../cluster/support/stage.js';

// One strategy, two wires: both gateways keep one contract.

class AtAnAddress extends RpcGateway {
  override connect(): Promise<void> {
    return super.connect('requests', 'events');
  }
}

async function overMemory(engine: TradingEngine): Promise<GatewayUnderTest> {
  const transport = new MemoryTransport();
  const service = new RpcService(engine, { transport, gracePeriod: 1 });
  await service.start('requests', 'events');
  return { gateway: new AtAnAddress({ transport }), close: () => service.stop() };
}

async function overCluster(engine: TradingEngine): Promise<GatewayUnderTest> {
  const stage = new Stage();
  await stage.edge(engine);
  return { gateway: stage.gateway() };
}

describe('RpcGateway', () => {
  test.each(gatewayContract(overMemory))('$name', ({ run }) => run());
});

describe('ClusterGateway', () => {
  test.each(gatewayContract(overCluster))('$name', ({ run }) => run());
});

test('a gateway that loses the reference breaks it', async () => {
  const forgetful = async (engine: TradingEngine): Promise<GatewayUnderTest> => {
    const subject = await overMemory(engine);
    subject.gateway.orders.get = () => undefined;
    return subject;
  };
  const sentence = gatewayContract(forgetful).find(({ name }) => name.startsWith('sendOrder() gives the id'));
  await expect(sentence?.run()).rejects.toThrow(ContractError);
});
