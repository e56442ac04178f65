import { expect, test } from 'vitest';
import type { EdgeHold, HoldParts } from 'vnpy-bridge/cluster';
import { ScriptedEngine, orderRequest } from '../../vnpy/support.js';
import { ACCOUNT, FakeHolding, Stage, until } from '../support/stage.js';

// What an account brings to its edge takes the place of what the edge has without one.

test('an edge serves by what its account brings, begins it when it serves, and gives it back when it stops', async () => {
  const stage = new Stage();
  const [engine, leased] = [new ScriptedEngine(), new ScriptedEngine()];
  const holding = new FakeHolding();
  const told: string[] = [];
  const given: HoldParts[] = [];
  const edge = await stage.edge(engine, {
    hold: (parts): Promise<EdgeHold> => {
      given.push(parts);
      return Promise.resolve({
        holding,
        engine: leased,
        lookup: (key) => Promise.resolve({ state: 'refused', reference: key, reason: 'no margin' }),
        start: () => told.push('start'),
        stop: () => {
          told.push('stop');
          holding.become('passive');
          return Promise.resolve();
        },
      });
    },
  });
  expect(given.map(({ account, edge: name, engine: of }) => [account, name, of])).toEqual([[ACCOUNT, 'e1', engine]]);
  expect(told).toEqual(['start']);
  expect(edge.status()?.state).toBe('passive');
  holding.become('active', 7);
  const gateway = await stage.connected();
  await gateway.sendOrder(orderRequest());
  expect([engine.requests.length, leased.requests.length]).toEqual([0, 1]);
  expect(gateway.edge()?.epoch).toBe(7);
  // What was refused is no order, whatever the server lists.
  expect(await gateway.findOrder('k-1')).toBeUndefined();
  await edge.stop();
  expect(told).toEqual(['start', 'stop']);
  await until(() => {
    expect(gateway.status().state).toBe('disconnected');
  });
});
