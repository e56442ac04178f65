/**
 * What a trading engine of one's own must do, as checks for any test runner.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { classify, eventTypes, keyOf } from '../vnpy/internal.js';
import type { KindedData } from '../vnpy/internal.js';
import { ContractError, must } from './contract.js';
import type { ContractTest } from './contract.js';
import { CancelRequest, Event, Exchange, GatewayError, LogData, OrderData, SendOrderError } from '../vnpy/index.js';
import type { Awaitable, OrderRequest, TradingEngine } from '../vnpy/index.js';

/** An engine to be checked: a new one for each check. */
export interface EngineUnderTest {
  readonly engine: TradingEngine;
  /** The gateway that requests name, `SIM`. */
  readonly gatewayName: string;
  /** An order that the engine takes. Without one nothing is sent, and what concerns orders is not checked. */
  readonly order?: OrderRequest;
  /** It takes the order and keeps it working, so that it can be cancelled. Default false. */
  readonly rests?: boolean;
  /** How long an event may take, in ms. Default 5,000. */
  readonly patience?: number;
  /** Frees what was made for the engine. */
  close?(): Awaitable<void>;
}

/** How long an event may take, in ms, where nothing else is said. */
const PATIENCE = 5000;

/** An id that nothing has. */
const NO_ID = 'vnpy-bridge.no-such-id';

/** What an engine lists, by the names in its methods, and the kind of each. */
const KINDS = {
  Ticks: 'tick',
  Orders: 'order',
  Trades: 'trade',
  Positions: 'position',
  Accounts: 'account',
  Contracts: 'contract',
} as const;
type List = keyof typeof KINDS;
const LISTS = Object.keys(KINDS) as readonly List[];

/** What an engine tells while it is checked. */
class Ear implements Disposable {
  readonly events: Event[] = [];
  readonly #stop: () => void;
  readonly #patience: number;
  #woken: () => void = () => undefined;

  constructor({ engine, patience = PATIENCE }: EngineUnderTest) {
    this.#patience = patience;
    const stop: unknown = engine.on('event', (event) => {
      this.events.push(event);
      this.#woken();
    });
    must(typeof stop === 'function', `on('event', ...) returned ${typeof stop}, no function`);
    this.#stop = stop as () => void;
  }

  /** Waits until an event has come that is wanted. */
  async heard(what: string, isWanted: (event: Event) => boolean): Promise<Event> {
    const end = performance.now() + this.#patience;
    while (true) {
      const event = this.events.find(isWanted);
      if (event !== undefined) return event;
      const rest = end - performance.now();
      must(rest > 0, `${what} did not come within ${this.#patience} ms`);
      const waiting = new AbortController();
      const woken = new Promise<void>((resolve) => {
        this.#woken = resolve;
      });
      await Promise.race([woken, delay(rest, undefined, { signal: waiting.signal }).catch(() => undefined)]);
      waiting.abort();
    }
  }

  orderOf(vtOrderid: string): (event: Event) => boolean {
    return ({ data }) => data instanceof OrderData && data.vt_orderid === vtOrderid;
  }

  [Symbol.dispose](): void {
    this.#stop();
  }
}

type Body = (subject: EngineUnderTest) => Promise<void>;

/**
 * The contract of {@link TradingEngine}: what RpcService and its clients rely on.
 *
 * @param make - Makes an engine. It is called once for each check.
 * @example
 * ```ts
 * for (const { name, run } of engineContract(() => ({ engine: new MyEngine(), gatewayName: 'MY', order }))) test(name, run);
 * ```
 */
export function engineContract(make: () => Awaitable<EngineUnderTest>): readonly ContractTest[] {
  return Object.entries(SENTENCES).map(([name, body]) => ({
    name,
    run: async () => {
      const subject = await make();
      try {
        await body(subject);
      } catch (error) {
        const seen = error instanceof ContractError ? `Seen: ${error.message}` : `It threw ${String(error)}`;
        throw new ContractError(`An engine breaks its contract: ${name}. ${seen}`, { cause: error });
      } finally {
        await subject.close?.();
      }
    },
  }));
}

const SENTENCES: Readonly<Record<string, Body>> = {
  "getAll... answers with a list of vnpy's own class, each piece once": async ({ engine }) => {
    for (const list of LISTS) {
      const keys = (await listed(engine, list)).map(keyIn);
      must(new Set(keys).size === keys.length, `getAll${list}() gives something twice: ${keys.join(', ')}`);
    }
  },

  'get... answers with what getAll... lists under the id, and with undefined for an id that nothing has': async ({
    engine,
  }) => {
    for (const list of LISTS) {
      const get = getter(engine, list);
      for (const item of (await listed(engine, list)).slice(0, 20)) {
        const found = await get(keyIn(item));
        must(found !== undefined && found !== null, `${list}: there is no ${keyIn(item)}, which is listed`);
      }
      const none = await get(NO_ID);
      must(none === undefined || none === null, `${list}: ${NO_ID} is ${String(none)}`);
    }
  },

  'getAllActiveOrders lists those of getAllOrders that are active': async ({ engine, gatewayName, order }) => {
    if (order !== undefined) await engine.sendOrder(order, gatewayName);
    const active = (await engine.getAllOrders()).filter((one) => one.isActive()).map((one) => one.vt_orderid);
    const given = (await engine.getAllActiveOrders()).map((one) => one.vt_orderid);
    must(active.sort().join() === given.sort().join(), `${given.join(', ')} instead of ${active.join(', ')}`);
  },

  'sendOrder answers with a vt_orderid that no order had before': async ({ engine, gatewayName, order }) => {
    if (order === undefined) return;
    const before = (await engine.getAllOrders()).map((one) => one.vt_orderid);
    const ids = [await engine.sendOrder(order, gatewayName), await engine.sendOrder(order, gatewayName)];
    for (const id of ids) {
      must(typeof id === 'string' && id.includes('.'), `the id is ${JSON.stringify(id)}, no gateway_name.orderid`);
      must(!before.includes(id), `${id} was there before`);
    }
    must(ids[0] !== ids[1], `two orders got ${String(ids[0])}`);
  },

  'an order that was taken is told by events, with its reference, and is listed': async (subject) => {
    const { engine, gatewayName, order } = subject;
    if (order === undefined) return;
    using ear = new Ear(subject);
    const id = await engine.sendOrder(order, gatewayName);
    const { data } = await ear.heard(`an event of order ${id}`, ear.orderOf(id));
    must(data instanceof OrderData, 'no OrderData');
    must(data.reference === order.reference, `its reference is ${JSON.stringify(data.reference)}`);
    must(data.symbol === order.symbol && data.volume === order.volume, `it is of ${data.symbol}, ${data.volume}`);
    const known = await engine.getOrder(id);
    must(known?.vt_orderid === id, `getOrder(${id}) is ${known?.vt_orderid ?? 'undefined'} after its event`);
  },

  "each event is told once, under its plain type, with data of vnpy's class for it": async (subject) => {
    const { engine, gatewayName, order } = subject;
    using ear = new Ear(subject);
    if (order === undefined) {
      await engine.cancelOrder(noOrder(), gatewayName);
    } else {
      const id = await engine.sendOrder(order, gatewayName);
      await ear.heard(`an event of order ${id}`, ear.orderOf(id));
    }
    for (const [index, event] of ear.events.entries()) {
      must(event instanceof Event, 'it tells something that is no Event');
      const item = classify(event.data);
      if (item === undefined) continue;
      const { plain } = eventTypes(item);
      must(event.type === plain, `data of the kind ${item.kind} comes as ${event.type}, not as ${plain}`);
      const twin = ear.events.findIndex(({ data }) => data === event.data);
      must(twin === index || item.kind === 'log', `the same object is told twice, as ${event.type}`);
    }
  },

  'an order that cannot be taken gets an empty id, or an error that says that it was not taken': async ({
    engine,
    gatewayName,
    order,
  }) => {
    if (order === undefined) return;
    const unknown = Object.assign(Object.create(Object.getPrototypeOf(order) as object) as OrderRequest, order, {
      symbol: 'NoSuchSymbol',
      vt_symbol: `NoSuchSymbol.${order.exchange.value}`,
    });
    try {
      const id = await engine.sendOrder(unknown, gatewayName);
      must(id === '', `an order of a symbol that there is not got the id ${JSON.stringify(id)}`);
    } catch (error) {
      if (error instanceof ContractError) throw error;
      const isRefusal =
        (error instanceof SendOrderError && error.outcome !== 'unknown') ||
        (error instanceof GatewayError && error.code === 'UNKNOWN_SYMBOL');
      must(isRefusal, `it threw ${String(error)}, after which nobody knows whether the order exists`);
    }
  },

  'cancelOrder ends an order that works, and its end comes as an event': async (subject) => {
    const { engine, gatewayName, order, rests } = subject;
    if (order === undefined || rests !== true) return;
    using ear = new Ear(subject);
    const id = await engine.sendOrder(order, gatewayName);
    const { data } = await ear.heard(`an event of order ${id}`, ear.orderOf(id));
    await engine.cancelOrder((data as OrderData).createCancelRequest(), gatewayName);
    await ear.heard(
      `the end of order ${id}`,
      (event) => ear.orderOf(id)(event) && !(event.data as OrderData).isActive(),
    );
  },

  'a cancel of an order that there is not throws nothing': async ({ engine, gatewayName }) => {
    await engine.cancelOrder(noOrder(), gatewayName);
  },

  'flushEvents, where there is one, logs the marker behind the events of all that was done before': async (subject) => {
    const { engine, gatewayName, order } = subject;
    if (engine.flushEvents === undefined) return;
    using ear = new Ear(subject);
    const id = order === undefined ? undefined : await engine.sendOrder(order, gatewayName);
    const marker = `marker-${randomUUID()}`;
    await engine.flushEvents(marker);
    const isMarker = ({ data }: Event): boolean => data instanceof LogData && data.msg.includes(marker);
    const passed = await ear.heard('a log event with the marker', isMarker);
    if (id === undefined) return;
    const before = ear.events.slice(0, ear.events.indexOf(passed));
    must(before.some(ear.orderOf(id)), `the marker came, and order ${id} had not been told`);
  },

  'a listener that was taken away is told nothing more, and the others are': async (subject) => {
    const { engine, gatewayName, order } = subject;
    using ear = new Ear(subject);
    const gone = new Ear(subject);
    gone[Symbol.dispose]();
    if (order === undefined) {
      if (engine.flushEvents === undefined) return;
      const marker = `marker-${randomUUID()}`;
      await engine.flushEvents(marker);
      await ear.heard('a log event', ({ data }) => data instanceof LogData && data.msg.includes(marker));
    } else {
      const id = await engine.sendOrder(order, gatewayName);
      await ear.heard(`an event of order ${id}`, ear.orderOf(id));
    }
    must(gone.events.length === 0, `it was told ${gone.events.length} events`);
  },
};

async function listed(engine: TradingEngine, list: List): Promise<readonly KindedData[]> {
  const all: unknown = await engine[`getAll${list}`]();
  must(Array.isArray(all), `getAll${list}() is no array`);
  return (all as unknown[]).map((data) => {
    const item = classify(data);
    must(item?.kind === KINDS[list], `getAll${list}() has ${String(data)}, which is not of vnpy's class for it`);
    return item;
  });
}

function keyIn(item: KindedData): string {
  must(item.kind !== 'bar' && item.kind !== 'log', `a ${item.kind} has no id`);
  return keyOf(item);
}

function getter(engine: TradingEngine, list: List): (key: string) => Awaitable<unknown> {
  switch (list) {
    case 'Ticks':
      return (key) => engine.getTick(key);
    case 'Orders':
      return (key) => engine.getOrder(key);
    case 'Trades':
      return (key) => engine.getTrade(key);
    case 'Positions':
      return (key) => engine.getPosition(key);
    case 'Accounts':
      return (key) => engine.getAccount(key);
    case 'Contracts':
      return (key) => engine.getContract(key);
  }
}

function noOrder(): CancelRequest {
  return new CancelRequest({ orderid: NO_ID, symbol: 'NoSuchSymbol', exchange: Exchange.LOCAL });
}
