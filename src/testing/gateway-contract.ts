/**
 * What a gateway to a vnpy server must do, over whatever it reaches it: checks for any test runner.
 *
 * @module
 */
import { ContractError, must, rejection, until } from './contract.js';
import type { ContractTest } from './contract.js';
import {
  Direction,
  Exchange,
  Offset,
  OrderData,
  OrderRequest,
  OrderType,
  SendOrderError,
  SimulatedEngine,
  TickData,
} from '../vnpy/index.js';
import type { Awaitable, GatewayEvents, OrderOutcome, TradingEngine, TradingGateway } from '../vnpy/index.js';

/** A gateway to be checked. */
export interface GatewayUnderTest {
  /** It leads to the engine that was given, and is not connected yet. */
  readonly gateway: TradingGateway;
  /** How long an event may take, in ms. Default 10,000. */
  readonly patience?: number;
  /** Frees what was made for it. */
  close?(): Awaitable<void>;
}

/** How long an event may take, in ms, where nothing else is said. */
const PATIENCE = 10_000;

const RB = { symbol: 'rb2705', exchange: Exchange.SHFE } as const;
const VT_SYMBOL = 'rb2705.SHFE';

/** An order of this volume is not taken, and one of that volume is never answered. */
const REFUSED_VOLUME = 13;
const SILENT_VOLUME = 17;

/** The server's engine: a market that a check moves, and an order that goes wrong where it is wanted. */
class Market extends SimulatedEngine {
  sent = 0;

  constructor() {
    super({ seed: 7 });
    this.quote(3500);
  }

  quote(price: number): void {
    const book = { bid_price_1: price - 1, bid_volume_1: 5, ask_price_1: price + 1, ask_volume_1: 5 };
    this.giveTick(new TickData({ ...RB, gateway_name: 'SIM', datetime: new Date(), last_price: price, ...book }));
  }
}

/** The market, as a server's engine. */
function faulty(market: Market): TradingEngine {
  const sendOrder = (request: OrderRequest, gatewayName: string): Awaitable<string> => {
    market.sent++;
    if (request.volume === REFUSED_VOLUME) {
      const { reference } = request;
      return Promise.reject(new SendOrderError('refused', 'the broker does not want it', { reference }));
    }
    const id = market.sendOrder(request, gatewayName);
    return request.volume === SILENT_VOLUME ? new Promise<string>(() => undefined) : id;
  };
  return new Proxy<TradingEngine>(market, {
    get: (target, name) => {
      if (name === 'sendOrder') return sendOrder;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** An order that works until it is cancelled, unless it is said otherwise. */
function orderFor(
  reference: string,
  changes: { readonly price?: number; readonly volume?: number } = {},
): OrderRequest {
  const { price = 3400, volume = 2 } = changes;
  const terms = { direction: Direction.LONG, offset: Offset.OPEN, type: OrderType.LIMIT };
  return new OrderRequest({ ...RB, ...terms, price, volume, reference });
}

interface Subject {
  readonly gateway: TradingGateway;
  readonly market: Market;
  readonly patience: number;
}

type Body = (subject: Subject) => Promise<void>;

/**
 * The contract of {@link TradingGateway}: a strategy that works with one gateway works with another.
 *
 * @param make - Makes a gateway to an engine. It is called once for each check.
 * @example
 * ```ts
 * for (const { name, run } of gatewayContract(async (engine) => ({ gateway: await myGatewayTo(engine) }))) test(name, run);
 * ```
 */
export function gatewayContract(make: (engine: TradingEngine) => Awaitable<GatewayUnderTest>): readonly ContractTest[] {
  return Object.entries(SENTENCES).map(([name, body]) => ({
    name,
    run: async () => {
      const market = new Market();
      const subject = await make(faulty(market));
      const { gateway, patience = PATIENCE } = subject;
      try {
        await body({ gateway, market, patience });
      } catch (error) {
        const seen = error instanceof ContractError ? `Seen: ${error.message}` : `It threw ${String(error)}`;
        throw new ContractError(`A gateway breaks its contract: ${name}. ${seen}`, { cause: error });
      } finally {
        await gateway.close();
        await subject.close?.();
      }
    },
  }));
}

const SENTENCES: Readonly<Record<string, Body>> = {
  'connect() resolves when the maps have what the engine has, and listeners were told of it': async (subject) => {
    const { gateway, market } = subject;
    const id = market.sendOrder(orderFor('before'), 'SIM');
    const told: string[] = [];
    gateway.on('order', ({ vt_orderid: vtOrderid }) => told.push(vtOrderid));
    await gateway.connect();
    must(gateway.contracts.size === market.contracts.size, `it has ${gateway.contracts.size} contracts`);
    must(gateway.accounts.size === market.accounts.size, `it has ${gateway.accounts.size} accounts`);
    must(gateway.orders.get(id)?.reference === 'before', `order ${id} is not in the map`);
    must(told.includes(id), `a listener was told of ${told.join(', ')} only`);
    must(gateway.status().state === 'connected', `its status is ${gateway.status().state}`);
  },

  'ticks of a subscribed symbol come live, and next() and events() give them': async ({
    gateway,
    market,
    patience,
  }) => {
    await gateway.connect();
    const fresh: number[] = [];
    gateway.on('tick', (tick, info) => {
      if (info.fresh) fresh.push(tick.last_price);
    });
    await gateway.subscribe(VT_SYMBOL);
    const next = gateway.next('tick', { filter: ({ last_price: price }) => price === 3520, timeout: patience });
    market.quote(3520);
    must((await next).vt_symbol === VT_SYMBOL, 'next() gave a tick of another symbol');
    await until(
      () => fresh.includes(3520),
      () => `live ticks: ${fresh.join(', ')}`,
      patience,
    );
    must(gateway.liveTick?.(VT_SYMBOL)?.last_price === 3520, 'liveTick() does not give it');
    for await (const tick of gateway.events('tick')) {
      must(tick.last_price === 3520, `events() began with ${tick.last_price}`);
      break;
    }
  },

  'sendOrder() gives the id, and the order is told and listed with its reference': async ({ gateway, patience }) => {
    await gateway.connect();
    const id = await gateway.sendOrder(orderFor('mine'));
    await until(
      () => gateway.orders.has(id),
      () => `order ${id} is not in the map`,
      patience,
    );
    const order = gateway.orders.get(id);
    must(order?.reference === 'mine', `its reference is ${String(order?.reference)}`);
    const active = gateway.getAllActiveOrders();
    must(
      active.some((each) => each.vt_orderid === id),
      'it is not active',
    );
  },

  'an order that is executed has its fills, and waitForOrder() waits for them': async ({ gateway, patience }) => {
    await gateway.connect();
    const id = await gateway.sendOrder(orderFor('now', { price: 3600 }));
    const order = await gateway.waitForOrder(id, { trades: true, timeout: patience });
    must(order.traded === 2, `${order.traded} are traded`);
    const fills = [...gateway.trades.values()].filter((trade) => trade.vt_orderid === id);
    must(fills.reduce((sum, { volume }) => sum + volume, 0) === 2, `it has ${fills.length} fills`);
  },

  'an order that works can be cancelled': async ({ gateway, patience }) => {
    await gateway.connect();
    const id = await gateway.sendOrder(orderFor('mine'));
    await until(
      () => gateway.orders.has(id),
      () => `order ${id} is not in the map`,
      patience,
    );
    const order = gateway.orders.get(id);
    must(order instanceof OrderData, 'it is no OrderData');
    await gateway.cancelOrder(order);
    must(!(await gateway.waitForOrder(id, { timeout: patience })).isActive(), 'it is active still');
  },

  'an order that is not taken is refused, with the reason': async ({ gateway, patience }) => {
    await gateway.connect();
    const error = await failed(gateway, orderFor('mine', { volume: REFUSED_VOLUME }), 'refused', patience);
    const said = [error.message, ...error.logs].join(' ');
    must(said.includes('the broker does not want it'), `it says: ${said}`);
  },

  'an order that is not answered is unknown, was sent once, and is found': async ({ gateway, market, patience }) => {
    await gateway.connect();
    const error = await failed(gateway, orderFor('mine', { volume: SILENT_VOLUME }), 'unknown', patience, 200);
    must(error.reference === 'mine', `the error has the reference ${error.reference}`);
    const found = await gateway.findOrder('mine', { timeout: patience });
    must(found?.reference === 'mine', `findOrder() gave ${String(found?.vt_orderid)}`);
    must(market.sent === 1, `it was sent ${market.sent} times`);
  },

  'an order after close() was not sent': async ({ gateway, market, patience }) => {
    await gateway.connect();
    await gateway.close();
    const error = await rejection(gateway.sendOrder(orderFor('mine')), 'sendOrder() after close()', patience);
    must(error !== undefined, 'it was sent');
    must(market.sent === 0, `it was sent ${market.sent} times`);
  },

  'findOrder() gives undefined for a reference that no order has': async ({ gateway, patience }) => {
    await gateway.connect();
    const found = await gateway.findOrder('nobody', { timeout: patience });
    must(found === undefined, `it gave ${String(found?.vt_orderid)}`);
  },

  'resync() says that nothing was missed where nothing was': async ({ gateway }) => {
    await gateway.connect();
    const { reason, missed } = await gateway.resync();
    must(reason === 'requested', `the reason is ${reason}`);
    must(missed.order.length + missed.trade.length === 0, `${missed.order.length} orders were missed`);
  },

  'bars come, and flushEvents() is heard behind what was done before': async ({ gateway, patience }) => {
    await gateway.connect();
    must(gateway.flushEvents !== undefined, 'there is no flushEvents');
    const seen: string[] = [];
    listen(gateway, 'log', ({ msg }) => seen.push(msg));
    listen(gateway, 'order', ({ vt_orderid: id }) => seen.push(id));
    const id = await gateway.sendOrder(orderFor('mine'));
    await gateway.flushEvents('contract-marker');
    const at = (): number => seen.findIndex((text) => text.includes('contract-marker'));
    await until(
      () => at() >= 0,
      () => 'the marker did not come',
      patience,
    );
    must(seen.slice(0, at()).includes(id), 'the marker came before the order');
  },

  'close() ends what waits, and iterators': async ({ gateway, patience }) => {
    await gateway.connect();
    const waiting = rejection(gateway.next('quote'), 'next() that close() ends', patience);
    const stream = gateway.events('order');
    const reading = (async (): Promise<void> => {
      while ((await stream.next()).done !== true);
    })();
    await gateway.close();
    must((await waiting) !== undefined, 'next() has resolved');
    await reading;
    must(gateway.status().state === 'stopped', `its status is ${gateway.status().state}`);
  },
};

function listen<Name extends keyof GatewayEvents>(
  gateway: TradingGateway,
  name: Name,
  listener: (...args: GatewayEvents[Name]) => void,
): void {
  gateway.on(name, listener);
}

async function failed(
  gateway: TradingGateway,
  request: OrderRequest,
  outcome: OrderOutcome,
  patience: number,
  timeout = patience,
): Promise<SendOrderError> {
  const error = await rejection(gateway.sendOrder(request, { timeout }), 'sendOrder()', patience);
  must(error instanceof SendOrderError, `sendOrder() gave ${String(error)}`);
  must(error.outcome === outcome, `the outcome is ${error.outcome}: ${error.message}`);
  return error;
}
