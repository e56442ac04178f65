/**
 * The offsets that our OffsetConverter finds, beside those of vnpy's own class: the same random sequence of positions,
 * orders, fills, sent requests and questions for both.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Direction, Exchange, Offset, OffsetConverter, Status, replace } from 'vnpy-bridge/vnpy';
import type { ContractData, OrderData, OrderRequest, PositionData, TradeData } from 'vnpy-bridge/vnpy';
import { Random } from '../src/vnpy/simulation/random.js';
import {
  ScriptedEngine,
  contract,
  gatewayTo,
  nextEvent,
  offsetSource,
  order,
  orderRequest,
  position,
  trade,
} from '../tests/vnpy/support.js';
import { pythonOf, repositoryRoot } from './support/index.js';

const EXCHANGES = [Exchange.SHFE, Exchange.INE, Exchange.CFFEX, Exchange.DCE, Exchange.CZCE, Exchange.GFEX];
const CONTRACTS = [
  ...EXCHANGES.map((exchange) => contractOf(exchange, false)),
  // A net position needs no conversion.
  contractOf(Exchange.GLOBAL, true),
];

/** What a server has when it is asked. */
type Known =
  { readonly kind: 'position'; readonly data: PositionData } | { readonly kind: 'order'; readonly data: OrderData };

type Step =
  | Known
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
    ['a gateway', (beginning: readonly Known[]) => gatewayDesk(beginning, 0)],
    ['a gateway behind a relay', (beginning: readonly Known[]) => gatewayDesk(beginning, 1)],
  ])('%s, from what there is at its start', async (_name, makeDesk) => {
    const beginning = beginningOf(5);
    const steps = randomSteps(7, 700);
    const desk = await makeDesk(beginning);
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
    const theirs = convertedByPython(vnpy, [...beginning, ...steps]);
    const asked = steps.filter((step) => step.kind === 'convert').map(({ data }) => data.volume);
    let compared = 0;
    for (const [index, expected] of theirs.entries()) {
      const total = expected.reduce((sum, [, volume]) => sum + volume, 0);
      // Where a position shrank under active orders, vnpy's asks for another volume than it was given: ours never does.
      const isSound = expected.every(([, volume]) => volume > 0) && (total === asked[index] || total === 0);
      const found = ours[index] ?? [];
      if (isSound) {
        expect(found, `conversion ${index}`).toEqual(expected);
        compared++;
      } else {
        expect(found.reduce((sum, [, volume]) => sum + volume, 0)).toBe(asked[index]);
      }
    }
    expect(compared).toBeGreaterThan(theirs.length * 0.8);
    expect(new Set(theirs.flat().map(([offset]) => offset))).toEqual(
      new Set(['NONE', 'OPEN', 'CLOSE', 'CLOSETODAY', 'CLOSEYESTERDAY']),
    );
  });
});

function contractOf(exchange: Exchange, netPosition: boolean): ContractData {
  return contract('x2705', 'CTP', { exchange, net_position: netPosition });
}

/** What there is before anybody looks: positions of all contracts, and an order that closes some of each. */
function beginningOf(seed: number): Known[] {
  const random = new Random(seed);
  const sides = CONTRACTS.flatMap(({ symbol, exchange, net_position }) =>
    [Direction.LONG, Direction.SHORT].map((direction) => ({ symbol, exchange, net_position, direction })),
  );
  const positions = sides.map(({ symbol, exchange, direction }): Known => {
    const yesterday = random.integer(0, 10);
    const volume = yesterday + random.integer(0, 10);
    return { kind: 'position', data: position(volume, direction, { symbol, exchange, yd_volume: yesterday }) };
  });
  const orders = sides.map(({ symbol, exchange, net_position, direction }, index): Known => {
    const offset = net_position ? Offset.NONE : index % 3 === 0 ? Offset.CLOSE : Offset.CLOSEYESTERDAY;
    return { kind: 'order', data: order(`b${index}`, { symbol, exchange, direction, offset, volume: 4, traded: 1 }) };
  });
  return [...positions, ...orders];
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
    const request = orderRequest({ symbol, exchange, direction, offset, price: 100, volume: random.integer(1, 12) });
    const kind = random.integer(0, 9);
    if (kind <= 1) {
      const yesterday = random.integer(0, 10);
      const volume = yesterday + random.integer(0, 10);
      return { kind: 'position', data: position(volume, direction, { ...common, yd_volume: yesterday }) };
    }
    if (kind === 2) {
      ids++;
      return { kind: 'sent', data: request, vtOrderid: `CTP.s${ids}` };
    }
    if (kind === 3) {
      ids++;
      const data = order(`o${ids}`, { ...common, offset, volume: request.volume });
      working.set(data.orderid, data);
      return { kind: 'order', data };
    }
    const [known] = working.values();
    if (kind === 4 && known !== undefined) {
      working.delete(known.orderid);
      const changes = { traded: known.volume, status: pick(Status.CANCELLED, Status.ALLTRADED) };
      return { kind: 'order', data: replace(known, changes) };
    }
    if (kind <= 5) {
      ids++;
      return { kind: 'trade', data: trade(String(ids), 'f', { ...common, offset, volume: random.integer(1, 4) }) };
    }
    return { kind: 'convert', data: request, lock: random.integer(0, 2) === 0, net: random.integer(0, 1) === 0 };
  };
  return Array.from({ length: count }, makeStep);
}

function convertedByPython(vnpy: '4.5' | '4.4', steps: readonly Step[]): Converted[] {
  const wanted = new Set(['symbol', 'exchange', 'gateway_name', 'direction', 'offset', 'type', 'price', 'volume']);
  for (const name of ['yd_volume', 'orderid', 'tradeid', 'traded', 'status', 'name', 'product', 'size', 'pricetick'])
    wanted.add(name);

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

/** A server that has something already. */
function newEngine(beginning: readonly Known[]): ScriptedEngine {
  const engine = new ScriptedEngine();
  engine.contracts = CONTRACTS;
  for (const step of beginning) tell(engine, step);
  return engine;
}

function tell(engine: ScriptedEngine, step: Exclude<Step, { kind: 'convert' | 'sent' }>): void {
  if (step.kind === 'position') engine.tellPosition(step.data);
  else if (step.kind === 'order') engine.tellOrder(step.data);
  else engine.tellTrade(step.data);
}

function engineDesk(beginning: readonly Known[]): Promise<Desk> {
  const engine = newEngine(beginning);
  const converter = new OffsetConverter(offsetSource(engine));
  return Promise.resolve({
    converter,
    take: (step) => {
      if (step.kind === 'sent') converter.updateOrderRequest(step.data, step.vtOrderid);
      else tell(engine, step);
      return Promise.resolve();
    },
  });
}

async function gatewayDesk(beginning: readonly Known[], relays: number): Promise<Desk> {
  const engine = newEngine(beginning);
  let gateway = await gatewayTo(engine);
  for (let relay = 0; relay < relays; relay++) gateway = await gatewayTo(gateway);
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
      const told = nextEvent(last, step.kind);
      tell(engine, step);
      await told;
    },
  };
}
