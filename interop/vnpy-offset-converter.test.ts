/**
 * The offsets that our OffsetConverter finds, beside those of vnpy's own class: the same random sequence of positions,
 * orders, fills, sent requests and questions for both.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { MemoryTransport } from 'vnpy-bridge/rpc';
import {
  ContractData,
  Direction,
  Event,
  EventType,
  Exchange,
  Offset,
  OffsetConverter,
  OrderData,
  OrderRequest,
  OrderType,
  PositionData,
  Product,
  RpcGateway,
  RpcService,
  Status,
  TradeData,
} from 'vnpy-bridge/vnpy';
import type { OffsetSource, TradingEngine } from 'vnpy-bridge/vnpy';
import { Random } from '../src/vnpy/simulation/random.js';
import { ScriptedEngine } from '../tests/vnpy/support.js';
import { pythonOf, repositoryRoot } from './support/index.js';

const EXCHANGES = [Exchange.SHFE, Exchange.INE, Exchange.CFFEX, Exchange.DCE, Exchange.CZCE, Exchange.GFEX];
const CONTRACTS = [
  ...EXCHANGES.map((exchange) => contractOf(exchange, false)),
  // A net position needs no conversion.
  contractOf(Exchange.GLOBAL, true),
];

type Step =
  | { readonly kind: 'position'; readonly data: PositionData }
  | { readonly kind: 'order'; readonly data: OrderData }
  | { readonly kind: 'trade'; readonly data: TradeData }
  | { readonly kind: 'sent'; readonly data: OrderRequest; readonly vtOrderid: string }
  | { readonly kind: 'convert'; readonly data: OrderRequest; readonly lock: boolean; readonly net: boolean };

type Converted = readonly (readonly [offset: string, volume: number])[];

/** A converter, and how it gets what happens. */
interface Desk {
  readonly converter: OffsetConverter;
  take(step: Exclude<Step, { kind: 'convert' }>): Promise<void>;
}

describe.each(['4.5', '4.4'] as const)('as vnpy %s', (vnpy) => {
  test.each([
    ['an engine', engineDesk],
    ['a gateway', () => gatewayDesk(0)],
    ['a gateway behind a relay', () => gatewayDesk(1)],
  ])('%s', async (_name, makeDesk) => {
    const steps = randomSteps(7, 700);
    const desk = await makeDesk();
    const ours: Converted[] = [];
    for (const step of steps) {
      if (step.kind !== 'convert') {
        await desk.take(step);
        continue;
      }
      const { lock, net } = step;
      const requests = desk.converter.convertOrderRequest(step.data, { lock, net });
      ours.push(requests.map(({ offset, volume }) => [offset.name, volume]));
    }
    const theirs = convertedByPython(vnpy, steps);
    const asked = steps.filter((step) => step.kind === 'convert').map(({ data }) => data.volume);
    let compared = 0;
    for (const [index, expected] of theirs.entries()) {
      const total = expected.reduce((sum, [, volume]) => sum + volume, 0);
      // Where a position shrank under active orders, vnpy's asks for another volume than it was given: ours never does.
      const isSound = expected.every(([, volume]) => volume > 0) && (total === asked[index] || total === 0);
      const found = ours[index] ?? [];
      if (isSound) {
        expect(found, `conversion ${index}`).toEqual(expected);
        compared += 1;
      } else expect(found.reduce((sum, [, volume]) => sum + volume, 0)).toBe(asked[index]);
    }
    expect(compared).toBeGreaterThan(theirs.length * 0.8);
    expect(new Set(theirs.flat().map(([offset]) => offset))).toEqual(
      new Set(['NONE', 'OPEN', 'CLOSE', 'CLOSETODAY', 'CLOSEYESTERDAY']),
    );
  });
});

function contractOf(exchange: Exchange, netPosition: boolean): ContractData {
  return new ContractData({
    gateway_name: 'CTP',
    symbol: 'x2705',
    exchange,
    name: 'x',
    product: Product.FUTURES,
    size: 10,
    pricetick: 1,
    net_position: netPosition,
  });
}

function randomSteps(seed: number, count: number): Step[] {
  const random = new Random(seed);
  const pick = <T extends readonly [unknown, ...unknown[]]>(...items: T): T[number] =>
    items[random.integer(0, items.length - 1)] ?? items[0];
  const working = new Map<string, OrderData>();
  let ids = 0;
  const makeStep = (): Step => {
    const { symbol, exchange, net_position } = pick(
      CONTRACTS[0] ?? contractOf(Exchange.SHFE, false),
      ...CONTRACTS.slice(1),
    );
    const direction = pick(Direction.LONG, Direction.SHORT);
    const offset = net_position
      ? Offset.NONE
      : pick(Offset.OPEN, Offset.CLOSE, Offset.CLOSETODAY, Offset.CLOSEYESTERDAY);
    const common = { symbol, exchange, gateway_name: 'CTP', direction };
    const request = new OrderRequest({
      symbol,
      exchange,
      direction,
      offset,
      type: OrderType.LIMIT,
      price: 100,
      volume: random.integer(1, 12),
    });
    const kind = random.integer(0, 9);
    if (kind <= 1) {
      const yesterday = random.integer(0, 10);
      const volume = yesterday + random.integer(0, 10);
      return { kind: 'position', data: new PositionData({ ...common, volume, yd_volume: yesterday }) };
    }
    if (kind === 2) {
      ids += 1;
      return { kind: 'sent', data: request, vtOrderid: `CTP.s${ids}` };
    }
    if (kind === 3) {
      ids += 1;
      const data = new OrderData({
        ...common,
        orderid: `o${ids}`,
        offset,
        volume: request.volume,
        status: Status.NOTTRADED,
      });
      working.set(data.orderid, data);
      return { kind: 'order', data };
    }
    const [known] = working.values();
    if (kind === 4 && known !== undefined) {
      working.delete(known.orderid);
      const changes = { traded: known.volume, status: pick(Status.CANCELLED, Status.ALLTRADED) };
      return { kind: 'order', data: new OrderData({ ...orderFields(known), ...changes }) };
    }
    if (kind <= 5) {
      ids += 1;
      const fill = { orderid: 'f', tradeid: String(ids), offset, price: 100, volume: random.integer(1, 4) };
      return { kind: 'trade', data: new TradeData({ ...common, ...fill }) };
    }
    return { kind: 'convert', data: request, lock: random.integer(0, 2) === 0, net: random.integer(0, 1) === 0 };
  };
  return Array.from({ length: count }, makeStep);
}

const orderFields = ({ symbol, exchange, gateway_name, orderid, direction, offset, volume }: OrderData) => ({
  symbol,
  exchange,
  gateway_name,
  orderid,
  direction,
  offset,
  volume,
});

function convertedByPython(vnpy: '4.5' | '4.4', steps: readonly Step[]): Converted[] {
  const wanted = new Set(['symbol', 'exchange', 'gateway_name', 'direction', 'offset', 'type', 'price', 'volume']);
  for (const name of ['yd_volume', 'orderid', 'tradeid', 'traded', 'status', 'name', 'product', 'size', 'pricetick']) {
    wanted.add(name);
  }
  wanted.add('net_position');
  const fields = (data: object): object =>
    Object.fromEntries(Object.entries(data).filter(([name]) => wanted.has(name)));
  const input = JSON.stringify({
    contracts: CONTRACTS.map(fields),
    steps: steps.map((step) => ({ ...step, data: fields(step.data) })),
  });
  const script = join(repositoryRoot(), 'python-fixtures', 'offset_converter.py');
  const { stdout, stderr } = spawnSync(pythonOf(vnpy), [script], { input, encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Converted[];
}

function newEngine(): ScriptedEngine {
  const engine = new ScriptedEngine();
  engine.contracts = CONTRACTS;
  return engine;
}

function tell(engine: ScriptedEngine, step: Exclude<Step, { kind: 'convert' | 'sent' }>): void {
  if (step.kind === 'position') engine.emit(new Event(EventType.POSITION, step.data));
  else if (step.kind === 'order') engine.tellOrder(step.data);
  else engine.tellTrade(step.data);
}

function engineDesk(): Promise<Desk> {
  const engine = newEngine();
  const source: OffsetSource = {
    getContract: engine.getContract,
    getAllContracts: () => engine.contracts,
    getAllPositions: () => engine.positions,
    getAllActiveOrders: engine.getAllActiveOrders,
    on: (name, listener) => engine.on(name, listener),
  };
  const converter = new OffsetConverter(source);
  return Promise.resolve({
    converter,
    take: (step) => {
      if (step.kind === 'sent') converter.updateOrderRequest(step.data, step.vtOrderid);
      else tell(engine, step);
      return Promise.resolve();
    },
  });
}

async function gatewayDesk(relays: number): Promise<Desk> {
  const engine = newEngine();
  let gateway = await gatewayOf(engine);
  for (let relay = 0; relay < relays; relay++) gateway = await gatewayOf(gateway);
  const last = gateway;
  // The gateway is connected already.
  const converter = new OffsetConverter(last);
  return {
    converter,
    take: async (step) => {
      if (step.kind === 'sent') {
        engine.onSendOrder = () => step.vtOrderid;
        await last.sendOrder(step.data);
        return;
      }
      const told = new Promise<void>((resolve) => {
        const off = last.on(step.kind, () => {
          off();
          resolve();
        });
      });
      tell(engine, step);
      await told;
    },
  };
}

/** A gateway at a service in front of an engine, or of another gateway. */
async function gatewayOf(engine: TradingEngine): Promise<RpcGateway> {
  const transport = new MemoryTransport();
  const service = new RpcService(engine, { transport });
  onTestFinished(() => service.stop());
  await service.start('requests', 'events');
  const gateway = new RpcGateway({ transport });
  onTestFinished(() => gateway.close());
  await gateway.connect('requests', 'events');
  return gateway;
}
