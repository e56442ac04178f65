/**
 * How the OffsetConverter comes to know what there is: at its start, by what happens, after a resync. What it converts is
 * compared with vnpy's own in interop/vnpy-offset-converter.test.ts.
 */
import { describe, expect, test } from 'vitest';
import { Direction, Offset, OffsetConverter, Status } from 'vnpy-bridge/vnpy';
import type { OrderData, PositionData, PositionDataInit, RpcGateway } from 'vnpy-bridge/vnpy';
import type { FakeServer } from './support.js';
import {
  ScriptedEngine,
  contract,
  nextEvent,
  offsetSource,
  order,
  orderRequest,
  position,
  settled,
  startFake,
  trade,
} from './support.js';

/** 10 long, 6 of them of yesterday. */
const held = (changes: Partial<PositionDataInit> = {}): PositionData =>
  position(10, Direction.LONG, { yd_volume: 6, ...changes });

/** An order that closes what is long. */
const closing = (orderid: string, volume: number, changes: Parameters<typeof order>[1] = {}): OrderData =>
  order(orderid, { direction: Direction.SHORT, offset: Offset.CLOSEYESTERDAY, volume, ...changes });

/** What becomes of an order that closes so much of what is long. */
function close(converter: OffsetConverter, volume: number, symbol = 'rb2705'): string[] {
  const request = orderRequest({ symbol, direction: Direction.SHORT, offset: Offset.CLOSE, volume });
  return converter.convertOrderRequest(request).map((one) => `${one.offset.name} ${one.volume}`);
}

/** How much of what is long can still be closed. */
function closable(converter: OffsetConverter, symbol = 'rb2705'): number {
  let volume = 0;
  while (close(converter, volume + 1, symbol).length > 0) volume++;
  return volume;
}

describe('at its start', () => {
  test('it knows the positions and active orders of a gateway that is connected', async () => {
    const server = await startFake((engine) => {
      engine.positions = [held()];
      engine.orders = [closing('1', 2), closing('2', 3, { status: Status.CANCELLED })];
      // The position has it already.
      engine.trades = [trade('9', '0', { direction: Direction.SHORT, offset: Offset.CLOSEYESTERDAY, volume: 4 })];
    });
    using converter = new OffsetConverter(await server.connected());
    expect(close(converter, 8)).toEqual(['CLOSETODAY 4', 'CLOSEYESTERDAY 4']);
    expect(close(converter, 9)).toEqual([]);
  });

  test('it knows them of a gateway that connects later: the fills of the day are in the positions', async () => {
    const server = await startFake((engine) => {
      engine.positions = [held()];
      engine.orders = [closing('1', 5)];
      engine.trades = [trade('9', '0', { direction: Direction.SHORT, offset: Offset.CLOSEYESTERDAY, volume: 4 })];
    });
    const gateway = server.gateway();
    using converter = new OffsetConverter(gateway);
    expect(close(converter, 1)).toEqual(['CLOSE 1']);
    await gateway.connect('requests', 'events');
    // Frozen is what the order closes, and not what the fills would have left of it.
    expect(closable(converter)).toBe(5);
    expect(close(converter, 5)).toEqual(['CLOSETODAY 4', 'CLOSEYESTERDAY 1']);
  });

  test('it knows them of an engine', () => {
    const engine = new ScriptedEngine();
    engine.positions = [held()];
    engine.orders = [closing('1', 2)];
    using converter = new OffsetConverter(offsetSource(engine));
    expect(closable(converter)).toBe(8);
  });
});

describe('close()', () => {
  test('it follows the gateway no longer, and lets go of it; again it does nothing', async () => {
    const server = await startFake((engine) => {
      engine.positions = [held()];
    });
    const gateway = await server.connected();
    const closed = new OffsetConverter(gateway);
    const open = new OffsetConverter(gateway);
    closed.close();
    closed.close();
    const told = nextEvent(gateway, 'order');
    server.engine.tellOrder(closing('1', 3));
    await told;
    expect([closable(closed), closable(open)]).toEqual([10, 7]);
    open[Symbol.dispose]();
    const again = nextEvent(gateway, 'order');
    server.engine.tellOrder(closing('2', 3));
    await again;
    expect(closable(open)).toBe(7);
  });

  test('it lets go of an engine', () => {
    let listeners = 0;
    const engine = new ScriptedEngine();
    const converter = new OffsetConverter({
      ...offsetSource(engine),
      on: (name, listener) => {
        const off = engine.on(name, listener);
        listeners++;
        return () => {
          listeners--;
          off();
        };
      },
    });
    expect(listeners).toBe(1);
    converter.close();
    converter.close();
    expect(listeners).toBe(0);
  });
});

describe('after a resync', () => {
  async function connectedDesk(prepare?: (engine: ScriptedEngine) => void): Promise<{
    readonly server: FakeServer;
    readonly gateway: RpcGateway;
    readonly converter: OffsetConverter;
  }> {
    const server = await startFake((engine) => {
      engine.contracts = [contract(), contract('rb2701')];
      engine.positions = [held()];
      engine.orders = [closing('1', 5)];
      prepare?.(engine);
    });
    const gateway = await settled(server, { compareInterval: Infinity });
    // An order that another one replaces is told.
    gateway.on('error', () => undefined);
    return { server, gateway, converter: new OffsetConverter(gateway) };
  }

  test('orders and fills that were missed count once, beside the positions that came with them', async () => {
    const { server, gateway, converter } = await connectedDesk();
    // Nobody heard of them: 3 of the 5 were closed, and the position has shrunk.
    server.engine.orders = [closing('1', 5, { traded: 3, status: Status.PARTTRADED })];
    server.engine.trades = [trade('9', '1', { direction: Direction.SHORT, offset: Offset.CLOSEYESTERDAY, volume: 3 })];
    server.engine.positions = [held({ volume: 7, yd_volume: 3 })];
    await gateway.resync();
    expect(closable(converter)).toBe(5);
    expect(close(converter, 5)).toEqual(['CLOSETODAY 4', 'CLOSEYESTERDAY 1']);
  });

  test('a fill that a comparison of orders and trades finds counts, though no position came', async () => {
    const { server, gateway, converter } = await connectedDesk();
    server.engine.trades = [trade('9', '1', { direction: Direction.SHORT, offset: Offset.CLOSEYESTERDAY, volume: 3 })];
    const resynced = nextEvent(gateway, 'resynced');
    // Its fill is not told: after two seconds that is suspicious, and orders and trades alone are asked for.
    server.engine.tellOrder(closing('1', 5, { traded: 3, status: Status.PARTTRADED }));
    expect(await resynced).toMatchObject({ reason: 'suspicious', missed: { trade: [{ tradeid: '9' }] } });
    expect(closable(converter)).toBe(5);
    expect(close(converter, 5)).toEqual(['CLOSETODAY 4', 'CLOSEYESTERDAY 1']);
  });

  test('a restarted server has no positions until it has asked for them; its order freezes as much of them as before', async () => {
    const { server, gateway, converter } = await connectedDesk();
    const resynced = nextEvent(gateway, 'resynced');
    await server.restart((engine) => {
      engine.orders = [closing('1', 5)];
    });
    expect(await resynced).toMatchObject({ vanished: { position: [{}], order: [] } });
    expect(closable(converter)).toBe(0);
    const told = nextEvent(gateway, 'position');
    server.engine.tellPosition(held());
    await told;
    expect(closable(converter)).toBe(5);
  });

  test('an order that is gone with the server freezes nothing', async () => {
    const { server, gateway, converter } = await connectedDesk();
    const resynced = nextEvent(gateway, 'resynced');
    await server.restart((engine) => {
      engine.positions = [held()];
    });
    expect(await resynced).toMatchObject({ vanished: { position: [], order: [{}] } });
    expect(closable(converter)).toBe(10);
  });

  test('what has come again before the comparison ended is not taken away', async () => {
    const { server, gateway, converter } = await connectedDesk();
    server.engine.positions = [];
    server.engine.orders = [];
    server.engine.hooks.set('get_all_trades', async () => {
      // While the fills are asked for, the desk logs in again.
      const told = nextEvent(gateway, 'order');
      server.engine.tellPosition(held({ volume: 12 }));
      server.engine.tellOrder(closing('1', 2));
      await told;
    });
    await gateway.resync();
    expect(closable(converter)).toBe(10);
  });

  test('an order that another one replaced freezes nothing, and the other does', async () => {
    const { server, gateway, converter } = await connectedDesk();
    server.engine.positions = [held(), held({ symbol: 'rb2701' })];
    // A new login gives the ids anew: to an order of another contract.
    server.engine.orders = [closing('1', 4, { symbol: 'rb2701' })];
    await gateway.resync();
    expect(closable(converter)).toBe(10);
    expect(closable(converter, 'rb2701')).toBe(6);
    // The same by the stream.
    const told = nextEvent(gateway, 'order');
    server.engine.tellOrder(closing('1', 3));
    await told;
    expect(closable(converter)).toBe(7);
    expect(closable(converter, 'rb2701')).toBe(10);
  });

  test('another contract keeps its position, and another gateway its own', async () => {
    const other = held({ gateway_name: 'XTP', volume: 3, yd_volume: 3 });
    const { server, gateway, converter } = await connectedDesk((engine) => {
      engine.contracts = [contract('cu2705', 'XTP'), contract(), contract('rb2701')];
      engine.positions = [held(), other, held({ symbol: 'rb2701' })];
    });
    server.engine.positions = [other, held({ symbol: 'rb2701' })];
    server.engine.orders = [];
    await gateway.resync();
    expect(closable(converter)).toBe(0);
    expect(closable(converter, 'rb2701')).toBe(10);
    const request = orderRequest({ direction: Direction.SHORT, offset: Offset.CLOSE, volume: 3 });
    expect(converter.convertOrderRequest(request, { gatewayName: 'XTP' })).toMatchObject([{ volume: 3 }]);
  });

  test('an order that was sent and lost with the server freezes nothing any more', async () => {
    const { server, gateway, converter } = await connectedDesk();
    server.engine.onSendOrder = () => 'CTP.2';
    await gateway.sendOrder(orderRequest({ direction: Direction.SHORT, offset: Offset.CLOSETODAY, volume: 4 }));
    expect(closable(converter)).toBe(1);
    const resynced = nextEvent(gateway, 'resynced');
    await server.restart((engine) => {
      engine.contracts = [contract(), contract('rb2701')];
      engine.positions = [held()];
      engine.orders = [closing('1', 5)];
    });
    await resynced;
    expect(closable(converter)).toBe(5);
  });
});
