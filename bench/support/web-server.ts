/**
 * A console in front of a simulated market, in a process of its own. Its argument is the file of users. It tells its address,
 * and answers questions of its parent.
 *
 * @module
 */
import { Direction, Exchange, ContractData, Offset, OrderRequest, OrderType, Product } from 'vnpy-bridge/vnpy';
import { CancelRequest, Event, EventType, SimulatedEngine, SubscribeRequest, TickData } from 'vnpy-bridge/vnpy';
import { createConsole } from 'vnpy-bridge/web';

/** Contracts of the server, and those of them that have ticks. */
export const CONTRACTS = 20_000;
export const WATCHED = 500;

/** What the parent may ask. */
export type WebQuestion =
  /** Ticks a second of all watched contracts together; 0 stops them. */
  | { readonly op: 'ticks'; readonly rate: number }
  /** Sends an order each `every` ms whose reference is when, and cancels it; 0 stops that. */
  | { readonly op: 'orders'; readonly every: number }
  /** Processor time so far, in ms; and memory in bytes, after collecting garbage. */
  | { readonly op: 'cpu' | 'memory' };

const QUIET = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

const symbolOf = (number: number): string => `b${10_000 + number}`;

/** Now, in ms since 1970 with their fractions: the same clock as the page's. */
const now = (): number => performance.timeOrigin + performance.now();

const fieldsOf = (tick: TickData): ConstructorParameters<typeof TickData>[0] =>
  Object.fromEntries(Object.entries(tick).filter(([name]) => name !== 'vt_symbol')) as unknown as ConstructorParameters<
    typeof TickData
  >[0];

/** How often ticks come, in ms: as a feed gives them, and not all contracts at once as in a step of the simulation. */
const TURN_MS = 5;

/** Lets an engine tell of more ticks. @returns Tells so many of contracts in turn. */
function withTicks(engine: SimulatedEngine): (count: number) => void {
  const listeners = new Set<(event: Event) => void>();
  const on = (_name: 'event', listener: (event: Event) => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const own = engine.on.bind(engine);
  Object.defineProperty(engine, 'on', {
    value: (name: 'event', listener: (event: Event) => void) => {
      const stops = [own(name, listener), on(name, listener)];
      return () => {
        for (const stop of stops) stop();
      };
    },
  });
  const last = [...engine.ticks.values()];
  let place = 0;
  return (count) => {
    for (let told = 0; told < count; told++) {
      const before = last[place];
      if (before === undefined) return;
      const tick = new TickData({
        ...fieldsOf(before),
        datetime: new Date(),
        volume: before.volume + 1,
        last_price: before.last_price + (place % 3) - 1,
      });
      last[place] = tick;
      place = (place + 7) % last.length;
      for (const listener of listeners) listener(new Event(EventType.TICK, tick));
    }
  };
}

async function main(users: string): Promise<void> {
  const contracts = Array.from(
    { length: CONTRACTS },
    (_, number) =>
      new ContractData({
        ...{ gateway_name: 'SIM', symbol: symbolOf(number), exchange: Exchange.SHFE, name: `合约${number}` },
        ...{ product: Product.FUTURES, size: 10, pricetick: 1 },
      }),
  );
  const engine = new SimulatedEngine({ contracts, seed: 1 });
  for (let number = 0; number < WATCHED; number++)
    engine.subscribe(new SubscribeRequest({ symbol: symbolOf(number), exchange: Exchange.SHFE }), 'SIM');
  engine.step();
  const tell = withTicks(engine);
  const desk = createConsole(engine, { port: 0, trade: true, users, logger: QUIET });
  const { url } = await desk.start();
  let orders: NodeJS.Timeout | undefined;
  let ticks: NodeJS.Timeout | undefined;

  const order = (): void => {
    const { ask_price_1: ask = 100, limit_down: down = 0 } = engine.getTick(`${symbolOf(0)}.SHFE`) ?? {};
    const id = engine.sendOrder(
      new OrderRequest({
        ...{ symbol: symbolOf(0), exchange: Exchange.SHFE, direction: Direction.LONG, offset: Offset.OPEN },
        ...{ type: OrderType.LIMIT, price: Math.max(down, Math.round(ask / 2)), volume: 1, reference: String(now()) },
      }),
      'SIM',
    );
    const [, orderid = ''] = id.split('.');
    engine.cancelOrder(new CancelRequest({ orderid, symbol: symbolOf(0), exchange: Exchange.SHFE }), 'SIM');
  };
  const answer = (question: WebQuestion): number => {
    switch (question.op) {
      case 'ticks':
        clearInterval(ticks);
        if (question.rate > 0) ticks = setInterval(tell, TURN_MS, (question.rate * TURN_MS) / 1000);
        return 0;
      case 'orders':
        clearInterval(orders);
        if (question.every > 0) orders = setInterval(order, question.every);
        return 0;
      case 'cpu': {
        const { user, system } = process.cpuUsage();
        return (user + system) / 1000;
      }
      case 'memory': {
        globalThis.gc?.();
        const { heapUsed, external, arrayBuffers } = process.memoryUsage();
        return heapUsed + external + arrayBuffers;
      }
    }
  };
  process.on('message', (question: WebQuestion) => {
    process.send?.(answer(question));
  });
  process.on('disconnect', () => {
    process.exit();
  });
  process.send?.(url);
}

const [users] = process.argv.slice(2);
if (users !== undefined && process.send !== undefined) await main(users);
