/**
 * What is published in `npm run bench -- cluster`, in a process of its own: an engine with many symbols behind an RpcService or
 * an Edge, or constant bytes over zeromq.js or nats.js alone. Its argument says as JSON which. It tells its addresses, and
 * answers questions of its parent.
 *
 * @module
 */
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { connect } from '@nats-io/transport-node';
import { Publisher } from 'zeromq';
import { Edge } from 'vnpy-bridge/cluster';
import { dumps, PyDateTime, PyZoneInfo } from 'vnpy-bridge/pickle';
import { Event, EventType, Exchange, RpcService, TickData, vnpyRegistry } from 'vnpy-bridge/vnpy';
import { ACCOUNT, CLUSTER, QUIET, RAW, STAMP_BYTES, symbolOf, watchHealth } from './cluster-parts.js';
import type { Market, MarketQuestion, MarketRole } from './cluster-parts.js';
import { InstantEngine } from './instant-engine.js';

const BURST = 10;

/** Now, in ms, by a clock that all processes of the system share. */
const now = (): number => Number(process.hrtime.bigint()) / 1e6;

const levels = Object.fromEntries(
  ['bid', 'ask'].flatMap((side) =>
    [1, 2, 3, 4, 5].flatMap((level) => [
      [`${side}_price_${level}`, 3700.5 + level],
      [`${side}_volume_${level}`, 10 + level],
    ]),
  ),
);

/** As a server of Python's writes it. */
const CHINA = new PyZoneInfo('Asia/Shanghai');

/** A tick whose `turnover` is when it was made. */
const tickOf = (number: number): TickData =>
  new TickData({
    ...{ gateway_name: 'SIM', symbol: symbolOf(number), exchange: Exchange.SHFE, name: `合约${number}` },
    ...{
      datetime: PyDateTime.fromDate(new Date(), CHINA),
      volume: 1_234_567,
      turnover: now(),
      open_interest: 2_345_678.5,
      last_price: 3702.5,
    },
    ...levels,
  });

/** As a client of a vnpy server: what it has received is not looked at again. */
class MarketEngine extends InstantEngine {
  readonly isRemote = true;
  readonly #listeners = new Set<(event: Event) => void>();
  readonly #last = new Map<string, TickData>();

  override on(name: 'event', listener: (event: Event) => void): () => void {
    const stop = super.on(name, listener);
    this.#listeners.add(listener);
    return () => {
      stop();
      this.#listeners.delete(listener);
    };
  }

  override getTick(vtSymbol = ''): TickData {
    return this.#last.get(vtSymbol) ?? super.getTick();
  }

  tell(tick: TickData): void {
    this.#last.set(tick.vt_symbol, tick);
    const event = new Event(EventType.TICK, tick);
    for (const listener of this.#listeners) listener(event);
  }
}

/** What publishes the tick of a symbol, and where it is found. */
interface Outlet {
  readonly addresses: Market;
  readonly publish: (number: number, isTimed: boolean) => unknown;
}

async function open({ mode, symbols, servers = [], account = ACCOUNT }: MarketRole): Promise<Outlet> {
  if (mode === 'service' || mode === 'edge') {
    const engine = new MarketEngine(true);
    // To make a tick is not what is measured.
    const made = Array.from({ length: symbols }, (_, number) => tickOf(number));
    const publish = (number: number, isTimed: boolean): void => {
      engine.tell((isTimed ? undefined : made[number]) ?? tickOf(number));
    };
    if (mode === 'edge') {
      await new Edge(engine, { servers, cluster: CLUSTER, account, edge: 'e1', logger: QUIET }).start();
      return { addresses: {}, publish };
    }
    const service = new RpcService(engine, { logger: QUIET });
    await service.start('tcp://127.0.0.1:*', 'tcp://127.0.0.1:*');
    const { reply = '', topicFrame = '' } = service.server.addresses ?? {};
    return { addresses: { request: reply, publish: topicFrame }, publish };
  }
  const pickle = dumps(new Event(EventType.TICK, tickOf(0)), { registry: vnpyRegistry });
  const stamped = (): Buffer => {
    const bytes = Buffer.allocUnsafe(STAMP_BYTES + pickle.length);
    bytes.writeDoubleBE(now(), 0);
    bytes.set(pickle, STAMP_BYTES);
    return bytes;
  };
  if (mode === 'nats') {
    const connection = await connect({ servers: [...servers] });
    return {
      addresses: {},
      publish: (number) => {
        connection.publish(`${RAW}.SHFE.${symbolOf(number)}`, stamped());
      },
    };
  }
  const publisher = new Publisher({ linger: 0, sendHighWaterMark: 0 });
  await publisher.bind('tcp://127.0.0.1:*');
  return {
    addresses: { publish: publisher.lastEndpoint ?? '' },
    publish: (number) => publisher.send([symbolOf(number), stamped()]),
  };
}

async function main(role: MarketRole): Promise<void> {
  const { addresses, publish } = await open(role);
  let place = 0;
  let pace: NodeJS.Timeout | undefined;
  let paced = 0;
  const next = (isTimed: boolean): unknown => {
    const sent = publish(place, isTimed);
    place = (place + 1) % role.symbols;
    return sent;
  };
  const series = async (count: number, rate: number): Promise<number> => {
    const cpu = process.cpuUsage();
    const start = performance.now();
    for (let sent = 0; sent < count;) {
      const due = rate === 0 ? sent + BURST : Math.floor(((performance.now() - start) * rate) / 1000);
      for (const end = Math.min(count, due); sent < end; sent++) {
        const sending = next(rate > 0);
        // Only zeromq.js has to be waited for. To wait for the others, too, would be a system call for each tick.
        if (sending instanceof Promise) await sending;
      }
      await (rate === 0 ? nextTurn() : sleep(1));
    }
    const { user, system } = process.cpuUsage(cpu);
    return (user + system) / count;
  };
  const health = watchHealth();
  const answer = async (question: MarketQuestion): Promise<unknown> => {
    switch (question.op) {
      case 'series':
        return series(question.count, question.rate);
      case 'pace': {
        clearInterval(pace);
        const { rate } = question;
        const [start, before] = [performance.now(), paced];
        const due = (): number => before + Math.floor(((performance.now() - start) * rate) / 1000);
        const turn = (): void => {
          for (const end = due(); paced < end; paced++) next(false);
        };
        if (rate > 0) pace = setInterval(turn, 5);
        return paced;
      }
      case 'health':
        return health();
    }
  };
  process.on('message', (question: MarketQuestion) => {
    void answer(question).then((result) => process.send?.(result));
  });
  process.on('disconnect', () => {
    process.exit();
  });
  process.send?.(addresses);
}

await main(JSON.parse(process.argv[2] ?? '') as MarketRole);
