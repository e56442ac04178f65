import { describe, expect, test, vi } from 'vitest';
import { GuardError } from 'vnpy-bridge/guard';
import { RemoteException, RpcAbortError, RpcClient, RpcTimeoutError } from 'vnpy-bridge/rpc';
import type { OrderData, OrderRequest, ResyncReport, RpcGateway } from 'vnpy-bridge/vnpy';
import {
  Event,
  EventType,
  GatewayError,
  HistoryRequest,
  InvalidDataError,
  Offset,
  RpcService,
  SendOrderError,
  Status,
  Exchange,
  SubscribeRequest,
  replace,
  vnpyRegistry,
} from 'vnpy-bridge/vnpy';
import { closed, contract, nextEvent, order, orderRequest, settled, startFake } from './support.js';
import { parkedTransport } from '../rpc/support/delivery.js';

// A search that finds nothing waits for an order that was taken a moment ago: a fifth of its second here, which most searches below wait.
vi.mock('../../src/vnpy/gateway/order-search/references.js', async (original) => ({
  ...(await original<object>()),
  LISTING_DELAY: 200,
}));

const RB = { symbol: 'rb2705', exchange: Exchange.SHFE };

/** The error of an order that is not taken. */
async function failureOf(promise: Promise<unknown>): Promise<SendOrderError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SendOrderError);
  return error as SendOrderError;
}

describe('sendOrder', () => {
  test('goes to the gateway of the contract with a unique reference, and gives the id', async () => {
    const server = await startFake();
    const gateway = await server.connected();
    expect(await gateway.sendOrder(orderRequest())).toBe('CTP.1');
    await gateway.sendOrder(orderRequest());
    await gateway.sendOrder(orderRequest({ reference: 'mine' }));
    const references = server.engine.requests.map((request) => request.reference);
    expect(new Set(references).size).toBe(3);
    expect(references[0]).toMatch(/^vb-/);
    expect(references[2]).toBe('mine');
    expect(server.engine.calls.filter((call) => call.startsWith('send'))).toEqual(Array(3).fill('send_order CTP'));
    expect(server.engine.requests[0]).toEqual(replace(orderRequest(), { reference: references[0] }));
  });

  test('an unknown symbol and what is no OrderRequest are refused here', async () => {
    const server = await startFake();
    const gateway = await server.connected();
    await expect(gateway.sendOrder(orderRequest({ symbol: 'rb9999' }))).rejects.toThrow(
      'No contract "rb9999.SHFE": the server has 1 contracts, rb2705.SHFE for instance',
    );
    await expect(gateway.sendOrder('rb2705' as unknown as OrderRequest)).rejects.toThrow(
      'sendOrder takes an OrderRequest, got "rb2705"',
    );
    expect(() => orderRequest({ price: NaN })).toThrow(InvalidDataError);
    expect(server.engine.requests).toEqual([]);
  });

  test("'' is a refusal, with what the server logged at that moment", async () => {
    const server = await startFake((engine) => {
      engine.onSendOrder = () => {
        engine.tellLog('order refused: margin');
        return '';
      };
    });
    const gateway = await server.connected();
    server.engine.tellLog('long ago');
    await nextEvent(gateway, 'log');
    const error = await failureOf(gateway.sendOrder(orderRequest()));
    expect(error).toMatchObject({ outcome: 'refused', code: 'REFUSED', logs: ['order refused: margin'] });
    expect(error.message).toBe(
      'The server did not take the order for rb2705.SHFE; its log of that moment: order refused: margin',
    );
  });

  test.each([
    [Exchange.SHFE, true],
    [Exchange.INE, true],
    [Exchange.DCE, false],
  ])('a CLOSE that %s refuses is explained where positions of today are apart: %s', async (exchange, explained) => {
    const traded = replace(contract(), { exchange });
    const server = await startFake((engine) => {
      engine.contracts = [traded];
      engine.onSendOrder = () => '';
    });
    const gateway = await server.connected();
    const message = async (offset: Offset): Promise<string> =>
      (await failureOf(gateway.sendOrder(orderRequest({ exchange, offset })))).message;
    const advice = 'CLOSETODAY for what was opened today, CLOSEYESTERDAY for the rest';
    expect((await message(Offset.CLOSE)).includes(advice)).toBe(explained);
    expect(await message(Offset.CLOSETODAY)).not.toContain(advice);
  });

  test('a log line that comes after the answer still counts', async () => {
    const server = await startFake((engine) => {
      engine.onSendOrder = () => {
        setTimeout(() => {
          engine.tellLog('too late');
        }, 20);
        return '';
      };
    });
    const gateway = await server.connected();
    expect((await failureOf(gateway.sendOrder(orderRequest()))).logs).toEqual(['too late']);
  });

  test('without an answer the outcome is unknown, and findOrder tells what became of it', async () => {
    let answer: () => void = () => undefined;
    const server = await startFake((engine) => {
      engine.onSendOrder = async (request) => {
        engine.orders = [order('5', { reference: request.reference, volume: request.volume })];
        await new Promise<void>((resolve) => {
          answer = resolve;
        });
        return 'CTP.5';
      };
    });
    const gateway = await server.connected();
    const error = await failureOf(gateway.sendOrder(orderRequest({ volume: 7 }), { timeout: 50 }));
    expect(error).toMatchObject({ outcome: 'unknown', cause: expect.any(RpcTimeoutError) as unknown });
    expect(error.message).toContain(`ask findOrder('${error.reference}') before anything else`);
    // A second connection: the first one's requests are answered in order, and its order hangs.
    const other = await server.connected();
    expect(await other.findOrder(error.reference)).toMatchObject({ vt_orderid: 'CTP.5', volume: 7 });
    // What is being taken may be any order.
    await expect(other.findOrder('no such', { timeout: 50 })).rejects.toMatchObject({ code: 'ORDER_UNCERTAIN' });
    answer();
    expect(await other.findOrder('no such')).toBeUndefined();
    expect(server.engine.requests).toHaveLength(1);
  });

  test('findOrder waits for an order that vnpy has taken and not listed yet', async () => {
    const server = await startFake();
    const gateway = await server.connected();
    // Told while it waits ...
    let asked = 0;
    server.engine.hooks.set('get_all_orders', () => {
      asked++;
      if (asked === 1) {
        setTimeout(() => {
          server.engine.emit(new Event(EventType.ORDER, order('1', { reference: 'a' })));
        }, 20);
      }
    });
    expect(await gateway.findOrder('a')).toMatchObject({ vt_orderid: 'CTP.1' });
    expect(asked).toBe(1);
    // ... or listed the second time, its event having been lost.
    server.engine.hooks.set('get_all_orders', () => {
      asked++;
      if (asked === 3) server.engine.orders = [order('2', { reference: 'b' })];
    });
    expect(await gateway.findOrder('b')).toMatchObject({ vt_orderid: 'CTP.2' });
    expect(asked).toBe(3);
  });

  test('findOrder knows an order whose reference its gateway has told once and not kept', async () => {
    const server = await startFake((engine) => {
      engine.onSendOrder = async ({ reference }) => {
        // As vnpy_ctp: its own order has the reference, the exchange's reports do not.
        engine.tellOrder(order('1', { reference, status: Status.SUBMITTING }));
        engine.tellOrder(order('1'));
        await new Promise(() => undefined);
      };
    });
    const gateway = await server.connected();
    const reported = nextEvent<OrderData>(gateway, 'order', ({ status }) => status === Status.NOTTRADED);
    const error = await failureOf(gateway.sendOrder(orderRequest(), { timeout: 50 }));
    await reported;
    expect(await gateway.findOrder(error.reference)).toMatchObject({ vt_orderid: 'CTP.1', reference: '' });
  });

  test('findOrder does not say that there is no order where it may be one without a reference', async () => {
    const server = await startFake((engine) => {
      engine.orders = [order('1')];
      engine.onSendOrder = () => null;
    });
    const gateway = await server.connected();
    const { reference } = await failureOf(gateway.sendOrder(orderRequest()));
    // CTP.1 was there before it, CTP.2 is of another contract.
    server.engine.orders = [order('1'), order('2', { symbol: 'au2706' })];
    expect(await gateway.findOrder(reference)).toBeUndefined();
    server.engine.orders.push(order('3'));
    await expect(gateway.findOrder(reference)).rejects.toThrow(
      expect.objectContaining({
        code: 'ORDER_UNCERTAIN',
        message: expect.stringContaining('the server lists 1 orders without a reference, CTP.3 for instance') as string,
      }) as Error,
    );
    // Of an order that was sent elsewhere nothing is known.
    await expect(gateway.findOrder('of another')).rejects.toThrow('the server lists 3 orders without a reference');
  });

  test('findOrder keeps what it knew of a reference when a second order with it does not leave', async () => {
    const server = await startFake();
    const gateway = await settled(server);
    server.engine.onSendOrder = ({ reference }) => {
      server.engine.tellOrder(order('1', { reference }));
      server.engine.tellOrder(order('1', { status: Status.ALLTRADED, traded: 10 }));
      return 'CTP.1';
    };
    await gateway.sendOrder(orderRequest({ reference: 'R' }));
    await gateway.waitForOrder('CTP.1');
    await expect(
      gateway.sendOrder(orderRequest({ reference: 'R' }), { signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ outcome: 'not-sent' });
    expect(await gateway.findOrder('R')).toMatchObject({ vt_orderid: 'CTP.1' });
  });

  test('findOrder does not take an order for another one that had its id before a restart', async () => {
    const server = await startFake();
    const gateway = await settled(server);
    const send = async (reference: string, told: boolean): Promise<void> => {
      server.engine.onSendOrder = () => {
        if (told) server.engine.tellOrder(order('1', { reference }));
        server.engine.tellOrder(order('1', { status: Status.PARTTRADED, traded: 1 }));
        return 'CTP.1';
      };
      await gateway.sendOrder(orderRequest({ reference }));
      await gateway.waitForOrder('CTP.1', { until: ({ traded }) => traded === 1 });
    };
    const restart = async (): Promise<void> => {
      const resynced = nextEvent(gateway, 'resynced');
      await server.restart();
      await resynced;
    };
    const isGone = expect.objectContaining({ code: 'ORDER_VANISHED' }) as Error;
    await send('R1', true);
    await restart();
    await send('R2', false);
    expect(await gateway.findOrder('R2')).toMatchObject({ vt_orderid: 'CTP.1', traded: 1 });
    await restart();
    await send('R3', true);
    await expect(gateway.findOrder('R1')).rejects.toThrow(isGone);
    await expect(gateway.findOrder('R2')).rejects.toThrow(isGone);
    expect(await gateway.findOrder('R3')).toMatchObject({ vt_orderid: 'CTP.1' });
  });

  test('findOrder does not say that there is no order where there was one', async () => {
    const server = await startFake((engine) => {
      engine.onSendOrder = ({ reference }) => {
        engine.tellOrder(order('1', { reference }));
        return 'CTP.1';
      };
    });
    const gateway = await server.connected();
    const told = nextEvent(gateway, 'order');
    await gateway.sendOrder(orderRequest({ reference: 'mine' }));
    await told;
    const resynced = nextEvent(gateway, 'resynced');
    await server.restart((engine) => {
      // Another order with the same id.
      engine.orders = [order('1', { reference: 'other' })];
    });
    await resynced;
    await expect(gateway.findOrder('mine')).rejects.toThrow(
      expect.objectContaining({ code: 'ORDER_VANISHED' }) as Error,
    );
    expect(await gateway.findOrder('other')).toMatchObject({ vt_orderid: 'CTP.1' });
  });

  describe('findOrder, when the server has not come to the order yet', () => {
    const failsWith = (code: string, message: string): Error =>
      expect.objectContaining({ code, message: expect.stringContaining(message) as string }) as Error;

    test('waits until its event queue has passed on what was in it', async () => {
      const server = await startFake();
      const gateway = await server.connected();
      server.engine.onMarker = (marker) => {
        // Its handlers are busy for longer than the wait for an order that was taken a moment ago.
        setTimeout(() => {
          server.engine.tellOrder(order('1', { reference: 'a' }));
          server.engine.tellLog(`找不到底层接口：${marker}`);
        }, 400);
      };
      expect(await gateway.findOrder('a')).toMatchObject({ vt_orderid: 'CTP.1' });
      expect(server.engine.cancels).toEqual([]);
    });

    test('does not say that there is none while that queue does not move', async () => {
      const server = await startFake();
      const gateway = await server.connected();
      server.engine.onMarker = () => undefined;
      await expect(gateway.findOrder('a', { timeout: 50 })).rejects.toThrow(
        failsWith('ORDER_UNCERTAIN', 'nothing came out of its event queue within 50 ms'),
      );
      server.engine.hooks.set('cancel_order', () => new Promise(() => undefined));
      await expect(gateway.findOrder('a', { timeout: 50 })).rejects.toThrow(
        failsWith('ORDER_UNCERTAIN', 'no answer within 50 ms'),
      );
    });

    test('takes any time for a timeout, Infinity and more than a timer can wait', async () => {
      const server = await startFake();
      const gateway = await server.connected({ timeouts: { request: Infinity } });
      expect(await gateway.findOrder('a')).toBeUndefined();
      expect(await gateway.findOrder('a', { timeout: 2 ** 31 })).toBeUndefined();
    });

    test('does not wait behind a query of history, nor takes more places than there are', async () => {
      const server = await startFake();
      const gateway = await server.connected({ window: 2, queueLimit: 5 });
      server.engine.onQueryHistory = () => new Promise(() => undefined);
      const start = new Date(0);
      const request = new HistoryRequest({ symbol: 'rb2705', exchange: Exchange.SHFE, start });
      const query = gateway.queryHistory(request).catch(() => undefined);
      // Requests of one client are answered in order: the list is asked for, and waits at the server.
      await expect(gateway.findOrder('a', { timeout: 100 })).rejects.toThrow(
        failsWith('ORDER_UNCERTAIN', 'no answer within 100 ms'),
      );
      const other = await server.connected({ window: 2, queueLimit: 5 });
      expect(await other.findOrder('a')).toBeUndefined();
      await gateway.close();
      await query;
    });

    test('says that the list cannot be had, and that the gateway was closed', async () => {
      const server = await startFake();
      const gateway = await server.connected();
      server.engine.hooks.set('get_all_orders', () => {
        throw new TypeError('not now');
      });
      await expect(gateway.findOrder('a')).rejects.toThrow(failsWith('ORDER_UNCERTAIN', 'TypeError: not now'));
      server.engine.hooks.clear();
      server.engine.onMarker = () => {
        void gateway.close();
      };
      await expect(gateway.findOrder('a')).rejects.toMatchObject({ code: 'CLOSED' });
    });

    test('does not say that there is none where the server was restarted since', async () => {
      const server = await startFake((engine) => {
        engine.orders = [order('1')];
        engine.onSendOrder = () => null;
      });
      const gateway = await settled(server);
      const { reference } = await failureOf(gateway.sendOrder(orderRequest()));
      const resynced = nextEvent<ResyncReport>(gateway, 'resynced');
      await server.restart();
      expect((await resynced).restarted).toBe(true);
      await expect(gateway.findOrder(reference)).rejects.toThrow(
        failsWith('ORDER_UNCERTAIN', 'the server was restarted since'),
      );
      server.engine.tellOrder(order('7', { reference }));
      expect(await gateway.findOrder(reference)).toMatchObject({ vt_orderid: 'CTP.7' });
      server.engine.onSendOrder = () => null;
      const later = await failureOf(gateway.sendOrder(orderRequest()));
      expect(await gateway.findOrder(later.reference)).toBeUndefined();
    });

    test('asks what a server of few functions has, and says what it lacks', async () => {
      const server = await startFake();
      const gateway = await server.connected();
      const refuse = (): never => {
        throw new TypeError('not for you');
      };
      server.engine.getOrder = refuse;
      expect(await gateway.findOrder('a')).toBeUndefined();
      server.engine.hooks.set('cancel_order', refuse);
      await expect(gateway.findOrder('a')).rejects.toThrow(failsWith('ORDER_UNCERTAIN', 'TypeError: not for you'));
    });

    test('does not say that there is none while what was sent before a loss may still arrive', async () => {
      const server = await startFake();
      const transport = parkedTransport(server.transport, Infinity);
      const gateway = await server.connected({ transport });
      server.engine.onSendOrder = () => null;
      const { reference } = await failureOf(gateway.sendOrder(orderRequest()));
      expect(await gateway.findOrder(reference)).toBeUndefined();
      const resynced = nextEvent<ResyncReport>(gateway, 'resynced');
      server.transport.sever('requests');
      await resynced;
      await expect(gateway.findOrder(reference)).rejects.toThrow(
        failsWith('ORDER_UNCERTAIN', 'may reach the server at any time: ask again'),
      );
    });

    test('finds what is there behind an engine that cannot flush its events, and does not say that there is none', async () => {
      const server = await startFake((engine) => {
        Object.assign(engine, { flushEvents: undefined });
        engine.orders = [order('1', { reference: 'a' })];
      });
      const gateway = await server.connected();
      expect(await gateway.findOrder('a')).toMatchObject({ vt_orderid: 'CTP.1' });
      const begun = performance.now();
      await expect(gateway.findOrder('b')).rejects.toThrow(
        failsWith('ORDER_UNCERTAIN', 'TypeError: this engine has no flushEvents'),
      );
      // After the second for which an order may need to be listed, not after the timeout of 30.
      expect(performance.now() - begun).toBeLessThan(15_000);
      expect(server.engine.cancels).toEqual([]);
    });

    test('a relay hands the question on, with the words that it was asked in', async () => {
      const server = await startFake();
      const gateway = await server.connected();
      const markers: string[] = [];
      server.engine.onMarker = (marker) => {
        markers.push(marker);
        server.engine.tellLog(`no gateway ${marker}`);
      };
      const told = gateway.next('log', { filter: ({ msg }) => msg.includes('mine') });
      await gateway.flushEvents('mine');
      await told;
      expect(markers).toEqual([expect.stringMatching(/mine$/)]);
      expect(server.engine.cancels).toEqual([]);
    });

    test('can be aborted at any time', async () => {
      const server = await startFake();
      const gateway = await server.connected();
      const aborted = failsWith('ABORTED', 'borted');
      await expect(gateway.findOrder('a', { signal: AbortSignal.abort() })).rejects.toThrow(aborted);
      const aborting = new AbortController();
      server.engine.onMarker = () => {
        aborting.abort();
      };
      await expect(gateway.findOrder('a', { signal: aborting.signal })).rejects.toThrow(aborted);
    });
  });

  describe('findOrder, with a reference that several orders have', () => {
    const lost = async (gateway: RpcGateway, request: Partial<OrderRequest>): Promise<void> => {
      const { outcome } = await failureOf(gateway.sendOrder(orderRequest({ reference: 'S', ...request })));
      expect(outcome).toBe('unknown');
    };
    const isUncertain = (ids: string): Error =>
      expect.objectContaining({ code: 'ORDER_UNCERTAIN', message: expect.stringContaining(ids) as string }) as Error;

    test('does not take an older order for the one that was lost', async () => {
      const server = await startFake();
      const gateway = await settled(server);
      server.engine.onSendOrder = ({ reference }) => {
        server.engine.tellOrder(order('1', { reference }));
        return 'CTP.1';
      };
      await gateway.sendOrder(orderRequest({ reference: 'S' }));
      expect(await gateway.findOrder('S')).toMatchObject({ vt_orderid: 'CTP.1' });
      server.engine.onSendOrder = () => {
        throw new TypeError('not placed');
      };
      await lost(gateway, { price: 3391 });
      expect(await gateway.findOrder('S')).toBeUndefined();
      server.engine.tellOrder(order('2', { reference: 'S', price: 3391 }));
      expect(await gateway.findOrder('S')).toMatchObject({ vt_orderid: 'CTP.2' });
    });

    test('nor one whose first news come after the other was sent', async () => {
      const server = await startFake();
      const gateway = await settled(server);
      await gateway.sendOrder(orderRequest({ reference: 'S' }));
      server.engine.onSendOrder = () => {
        server.engine.tellOrder(order('1', { reference: 'S' }));
        return null;
      };
      await lost(gateway, {});
      expect(await gateway.findOrder('S')).toBeUndefined();
    });

    test('says so when of two nothing is known', async () => {
      const server = await startFake((engine) => {
        engine.onSendOrder = () => null;
      });
      const gateway = await settled(server);
      await lost(gateway, {});
      server.engine.tellOrder(order('6'));
      await lost(gateway, {});
      await expect(gateway.findOrder('S')).rejects.toThrow(isUncertain('CTP.6'));
      server.engine.tellOrder(order('6', { reference: 'of another' }));
      expect(await gateway.findOrder('S')).toBeUndefined();
      server.engine.tellOrder(order('7', { reference: 'S' }));
      // As vnpy_ctp: the reference is told once.
      server.engine.tellOrder(order('7'));
      await expect(gateway.findOrder('S')).rejects.toThrow(isUncertain('CTP.7 may be any of them'));
      server.engine.onSendOrder = () => 'CTP.8';
      await gateway.sendOrder(orderRequest({ reference: 'S' }));
      server.engine.tellOrder(order('8', { reference: 'S' }));
      expect(await gateway.findOrder('S')).toMatchObject({ vt_orderid: 'CTP.8' });
    });

    test('and when they were sent by others', async () => {
      const server = await startFake((engine) => {
        engine.orders = [order('1', { reference: 'S' }), order('2', { reference: 'S' })];
      });
      const gateway = await settled(server);
      await expect(gateway.findOrder('S')).rejects.toThrow(isUncertain('CTP.1, CTP.2 may be any of them'));
    });

    test('a refused order leaves no trace', async () => {
      const server = await startFake();
      const gateway = await settled(server);
      server.engine.tellOrder(order('1', { reference: 'S' }));
      await gateway.sendOrder(orderRequest({ reference: 'S' }));
      server.engine.onSendOrder = () => '';
      await expect(gateway.sendOrder(orderRequest({ reference: 'S' }))).rejects.toMatchObject({ outcome: 'refused' });
      expect(await gateway.findOrder('S')).toMatchObject({ vt_orderid: 'CTP.1' });
    });
  });

  test('findOrder takes a reference, not an error or an order', async () => {
    const server = await startFake();
    const gateway = await server.connected();
    for (const wrong of ['', undefined, 5, new Error('x'), order('1')])
      await expect(gateway.findOrder(wrong as string)).rejects.toThrow('findOrder takes the reference of an order');
  });

  test('the word of a server that raised is not taken for a refusal', async () => {
    const server = await startFake((engine) => {
      engine.onSendOrder = () => {
        throw new TypeError('after the order had left');
      };
    });
    const gateway = await server.connected();
    const error = await failureOf(gateway.sendOrder(orderRequest()));
    expect(error).toMatchObject({ outcome: 'unknown', cause: expect.any(RemoteException) as unknown });
  });

  test('what a guard says no to by an exception is refused', async () => {
    const server = await startFake((engine) => {
      engine.onSendOrder = () => {
        throw new GuardError('symbol', 'desk may not trade rb2705.SHFE');
      };
    });
    const gateway = await server.connected();
    const error = await failureOf(gateway.sendOrder(orderRequest()));
    expect(error).toMatchObject({
      outcome: 'refused',
      message: expect.stringContaining('[symbol] desk may not trade rb2705.SHFE') as string,
    });
  });

  test('an answer that is no order id leaves the outcome unknown', async () => {
    const server = await startFake((engine) => {
      engine.onSendOrder = () => null;
    });
    const gateway = await server.connected();
    const error = await failureOf(gateway.sendOrder(orderRequest()));
    expect(error).toMatchObject({ outcome: 'unknown', message: expect.stringContaining('with null') as string });
  });

  test('an abort after it left leaves the outcome unknown', async () => {
    const aborting = new AbortController();
    const server = await startFake((engine) => {
      engine.onSendOrder = async () => {
        aborting.abort();
        await new Promise(() => undefined);
      };
    });
    const gateway = await server.connected();
    const error = await failureOf(gateway.sendOrder(orderRequest(), { signal: aborting.signal }));
    expect(error).toMatchObject({ outcome: 'unknown', cause: expect.any(RpcAbortError) as unknown });
  });

  test('without a connection it is not sent, and never will be', async () => {
    const server = await startFake();
    const gateway = await server.connected();
    const lost = nextEvent(gateway, 'status', (status: { state: string }) => status.state === 'disconnected');
    await server.service.stop();
    await lost;
    const error = await failureOf(gateway.sendOrder(orderRequest()));
    expect(error).toMatchObject({ outcome: 'not-sent', code: 'NOT_SENT' });
    const resynced = nextEvent(gateway, 'resynced');
    await server.restart();
    await resynced;
    expect(server.engine.requests).toEqual([]);
  });

  test('what cannot be pickled is not sent', async () => {
    const server = await startFake();
    const gateway = await server.connected();
    const request = Object.assign(orderRequest(), { callback: () => undefined });
    expect(await failureOf(gateway.sendOrder(request))).toMatchObject({ outcome: 'not-sent' });
    expect(await failureOf(gateway.sendOrder(orderRequest(), { timeout: -1 }))).toMatchObject({ outcome: 'not-sent' });
    expect(server.engine.requests).toEqual([]);
  });
});

describe('what is given to the gateway', () => {
  test('is checked again before it is sent: a program may have changed it', async () => {
    const server = await startFake();
    const gateway = await server.connected();
    const changes: [object, string][] = [
      [{ price: NaN }, 'OrderRequest.price must be'],
      [{ price: undefined }, 'OrderRequest needs price'],
      [{ volume: -5 }, 'OrderRequest.volume must be'],
      [{ volume: '5' }, 'OrderRequest.volume must be a number, got "5"'],
      [{ direction: 'LONG' }, 'OrderRequest.direction must be a member of Direction: write Direction.LONG'],
      [{ symbol: 'au2706' }, 'OrderRequest.vt_symbol is "rb2705.SHFE", and its other fields make it "au2706.SHFE"'],
    ];
    for (const [change, message] of changes) {
      const request = Object.assign(orderRequest(), change);
      await expect(gateway.sendOrder(request)).rejects.toThrow(message);
      await expect(gateway.sendOrder(request)).rejects.toThrow(InvalidDataError);
    }
    const cancel = Object.assign(order('1').createCancelRequest(), { orderid: 5 });
    await expect(gateway.cancelOrder(cancel)).rejects.toThrow('CancelRequest.orderid must be a string, got 5');
    expect(server.engine.calls.filter((call) => !call.startsWith('get_'))).toEqual([]);
  });

  test('is refused with a word of what it should be', async () => {
    const server = await startFake();
    const gateway = await server.connected();
    const wrong = (value: unknown): never => value as never;
    await expect(gateway.cancelOrder(wrong('SIM.1'))).rejects.toThrow(
      'cancelOrder takes a CancelRequest, got "SIM.1": give it that, or an OrderData, which gateway.orders.get(',
    );
    await expect(gateway.cancelOrder(wrong('SIM.1'), 'SIM')).rejects.toThrow('cancelOrder takes a CancelRequest');
    await expect(gateway.cancelOrder(wrong({ orderid: '1' }))).rejects.toThrow('cancelOrder takes a CancelRequest');
    await expect(gateway.subscribe(wrong({ symbol: 'rb2705' }))).rejects.toThrow('subscribe takes a SubscribeRequest');
    await expect(gateway.subscribe(wrong(5))).rejects.toThrow('got 5: give it that, or a vt_symbol');
    await expect(gateway.queryHistory(wrong({}))).rejects.toThrow('queryHistory takes a HistoryRequest');
    expect(server.engine.calls.filter((call) => !call.startsWith('get_'))).toEqual([]);
  });
});

describe('cancelOrder', () => {
  test("goes to the order's own gateway, not to its contract's", async () => {
    const server = await startFake((engine) => {
      engine.contracts = [contract('rb2705', 'CTP')];
      engine.orders = [order('8', { gateway_name: 'TTS' })];
    });
    const gateway = await server.connected();
    const known = gateway.orders.get('TTS.8');
    if (known === undefined) throw new Error('no order');
    await gateway.cancelOrder(known);
    await gateway.cancelOrder(known.createCancelRequest());
    await gateway.cancelOrder(known.createCancelRequest(), 'XTP');
    expect(server.engine.cancels).toEqual([
      [known.createCancelRequest(), 'TTS'],
      [known.createCancelRequest(), 'CTP'],
      [known.createCancelRequest(), 'XTP'],
    ]);
  });

  test.each([7, 8389765512384743573n, null, ''])(
    'with the id that came from the server, %o: directly and through a relay',
    async (orderid) => {
      const known = Object.assign(order('1'), { orderid, vt_orderid: `CTP.${orderid}` });
      const server = await startFake((engine) => {
        engine.orders = [known];
      });
      const upstream = await server.connected();
      const relay = closed(new RpcService(upstream, { transport: server.transport, gracePeriod: 1 }));
      await relay.start('relayed requests', 'relayed events');
      const downstream = server.gateway();
      await downstream.connect('relayed requests', 'relayed events');
      for (const gateway of [upstream, downstream]) {
        const here = gateway.orders.get(`CTP.${orderid}`);
        if (here === undefined) throw new Error('no order');
        await gateway.cancelOrder(here);
        await gateway.cancelOrder(replace(here.createCancelRequest(), { symbol: 'rb2705' }), 'CTP');
      }
      expect(server.engine.cancels.map(([request]) => request.orderid)).toStrictEqual(Array(4).fill(orderid));
      expect(server.engine.cancels.map(([request]) => request.vt_symbol)).toEqual(Array(4).fill('rb2705.SHFE'));
    },
  );

  test('what is changed in such a request is checked', async () => {
    const server = await startFake();
    const gateway = await server.connected();
    const request = Object.assign(order('1'), { orderid: 7 }).createCancelRequest();
    await expect(gateway.cancelOrder(Object.assign(request, { orderid: 8 }))).rejects.toThrow(
      'CancelRequest.orderid must be a string, got 8',
    );
    expect(server.engine.cancels).toEqual([]);
  });

  test('requests that a relay received go on as they came', async () => {
    const server = await startFake();
    const upstream = await server.connected();
    const relay = closed(new RpcService(upstream, { transport: server.transport, gracePeriod: 1 }));
    await relay.start('relayed requests', 'relayed events');
    const client = closed(new RpcClient({ transport: server.transport, registry: vnpyRegistry }));
    await client.start('relayed requests');
    const odd = { symbol: 2705, vt_symbol: '2705.SHFE' };
    await client.call('subscribe', [Object.assign(new SubscribeRequest(RB), odd), 'CTP']);
    await client.call('send_order', [Object.assign(orderRequest(), { ...odd, reference: null }), 'CTP']);
    await client.call('send_order', [Object.assign(orderRequest(), { ...odd, reference: 5 }), 'CTP']);
    expect(server.engine.subscriptions).toMatchObject([[odd, 'CTP']]);
    const [none, five] = server.engine.requests;
    expect(none).toMatchObject({ ...odd, reference: expect.stringMatching(/^vb-/) as unknown });
    expect(five).toMatchObject({ ...odd, reference: 5 });
  });

  test('overtakes the queries that wait', async () => {
    const server = await startFake((engine) => {
      engine.orders = [order('1')];
    });
    const gateway = await server.connected();
    const begun = server.engine.calls.length;
    const request = new HistoryRequest({ symbol: 'rb2705', exchange: Exchange.SHFE, start: new Date(0) });
    const queries = Array.from({ length: 5 }, () => gateway.queryHistory(request));
    await gateway.cancelOrder(order('1'));
    await Promise.all(queries);
    const calls = server.engine.calls.slice(begun).filter((call) => !call.startsWith('get_all_'));
    expect(calls).toHaveLength(6);
    expect(calls.indexOf('cancel_order CTP')).toBeLessThan(2);
  });
});

describe('waitForOrder', () => {
  test('resolves at once for an order that has ended, else when it ends', async () => {
    const server = await startFake((engine) => {
      engine.orders = [order('1', { status: Status.CANCELLED }), order('2')];
    });
    const gateway = await server.connected();
    expect((await gateway.waitForOrder('CTP.1')).status).toBe(Status.CANCELLED);
    const waiting = gateway.waitForOrder('CTP.2');
    server.engine.tellOrder(order('2', { status: Status.PARTTRADED, traded: 5 }));
    server.engine.tellOrder(order('2', { status: Status.ALLTRADED, traded: 10 }));
    expect(await waiting).toMatchObject({ status: Status.ALLTRADED, traded: 10 });
  });

  test('refuses a signal and a time that are none, and forgets the wait', async () => {
    const server = await startFake();
    const gateway = await server.connected();
    await expect(gateway.waitForOrder('CTP.1', { signal: {} as AbortSignal })).rejects.toThrow(
      'signal has no method addEventListener()',
    );
    for (const timeout of [NaN, -1, 'abc' as unknown as number]) {
      await expect(gateway.waitForOrder('CTP.1', { timeout })).rejects.toThrow(
        'timeout must be a number of milliseconds',
      );
    }
    await gateway.close();
    await expect(gateway.waitForOrder('CTP.1')).rejects.toMatchObject({ code: 'CLOSED' });
  });

  test('waits for what it is told, also for an order that is not known yet', async () => {
    const server = await startFake();
    const gateway = await server.connected();
    const waiting = gateway.waitForOrder('CTP.7', { until: (data) => data.traded >= 3 });
    server.engine.tellOrder(order('7', { traded: 1 }));
    server.engine.tellOrder(order('6', { traded: 9 }));
    server.engine.tellOrder(order('7', { traded: 4 }));
    expect((await waiting).traded).toBe(4);
  });

  test('ends with its timeout, its signal, and what `until` throws', async () => {
    const server = await startFake((engine) => {
      engine.orders = [order('1')];
    });
    const gateway = await server.connected();
    await expect(gateway.waitForOrder('CTP.1', { timeout: 10 })).rejects.toThrow(
      expect.objectContaining({
        code: 'TIMEOUT',
        message: 'Order CTP.1 was not as wanted within 10 ms: it is Status.NOTTRADED, 0 of 10 traded',
      }) as Error,
    );
    const aborting = new AbortController();
    const waiting = gateway.waitForOrder('CTP.1', { signal: aborting.signal });
    aborting.abort();
    await expect(waiting).rejects.toThrow(expect.objectContaining({ code: 'ABORTED' }) as Error);
    await expect(gateway.waitForOrder('CTP.1', { signal: aborting.signal })).rejects.toThrow(GatewayError);
    const broken = gateway.waitForOrder('CTP.1', {
      until: () => {
        throw new Error('mine');
      },
    });
    await expect(broken).rejects.toThrow('mine');
  });
});

describe('rewriteGatewayName', () => {
  test("names and ids are those of this gateway; what goes back are the server's", async () => {
    const server = await startFake((engine) => {
      engine.contracts = [contract('rb2705', 'CTP.A'), contract('au2706', 'TTS')];
      engine.orders = [order('1.5', { gateway_name: 'CTP.A' })];
      engine.onSendOrder = (_request, gatewayName) => `${gatewayName}.9.9`;
    });
    const gateway = await server.connected({ rewriteGatewayName: true, gatewayName: 'RPC' });
    expect(gateway.contracts.get('rb2705.SHFE')?.gateway_name).toBe('RPC');
    expect([...gateway.orders.keys()]).toEqual(['RPC.1.5']);
    expect(await gateway.sendOrder(orderRequest())).toBe('RPC.9.9');
    expect(await gateway.sendOrder(orderRequest(), 'RPC')).toBe('RPC.9.9');
    await gateway.subscribe('au2706.SHFE');
    const known = gateway.orders.get('RPC.1.5');
    if (known === undefined) throw new Error('no order');
    await gateway.cancelOrder(known);
    expect(server.engine.calls.slice(-4)).toEqual([
      'send_order CTP.A',
      'send_order CTP.A',
      'subscribe TTS',
      'cancel_order CTP.A',
    ]);
    expect(server.engine.cancels).toMatchObject([[{ orderid: '1.5' }, 'CTP.A']]);

    const waiting = gateway.waitForOrder('RPC.1.5');
    server.engine.tellOrder(order('1.5', { gateway_name: 'CTP.A', status: Status.CANCELLED }));
    expect(await waiting).toMatchObject({ gateway_name: 'RPC', vt_orderid: 'RPC.1.5' });
    // Told once, although the server's second event names it by the server's id.
    expect(gateway.stats()).toMatchObject({ doubles: 1, delivered: { order: 2 } });
  });
});
