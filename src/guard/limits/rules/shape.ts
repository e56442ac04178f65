/**
 * Whether an order can be judged at all: types, volume, price, contract and gateway.
 *
 * @module
 */
import { Direction, OrderType, Product, isEnumMember } from '../../../vnpy/data/public.js';
import type { ContractData, OrderRequest } from '../../../vnpy/data/public.js';
import { SMALLEST_STEP, isCountable, stepsIn } from '../exact.js';
import type { Instrument, Instruments } from '../instruments.js';

/** Types of orders that say at which price. */
const PRICED: ReadonlySet<unknown> = new Set([OrderType.LIMIT, OrderType.STOP, OrderType.FAK, OrderType.FOK]);

/** What an order has: a gateway may heed what stands beside it, and no rule would have looked at that. */
const FIELDS: ReadonlySet<string> = new Set([
  'symbol',
  'exchange',
  'direction',
  'type',
  'volume',
  'price',
  'offset',
  'reference',
  'vt_symbol',
]);

/** Whether an order has a price that holds: a MARKET order's means nothing. */
export function isPriced({ type }: OrderRequest): boolean {
  return PRICED.has(type);
}

/** What is wrong with an order; undefined when nothing is. */
export function misshapen(request: OrderRequest, gateway: string, instruments: Instruments): string | undefined {
  const wrong = wrongTypes(request, gateway);
  if (wrong !== undefined) return wrong;
  if (!instruments.hasGateway(gateway)) return `there is no gateway ${JSON.stringify(short(gateway))}`;
  const instrument = instruments.find(gateway, request.vt_symbol);
  if (instrument === undefined) return `there is no contract ${JSON.stringify(short(request.vt_symbol))}`;
  return (
    wrongContract(instrument.contract) ?? wrongVolume(request, instrument.contract) ?? wrongPrice(request, instrument)
  );
}

function wrongTypes(request: OrderRequest, gateway: string): string | undefined {
  if (typeof gateway !== 'string' || gateway === '') return 'the name of the gateway is missing';
  for (const name of ['symbol', 'vt_symbol', 'reference'])
    if (typeof Reflect.get(request, name) !== 'string') return `${name} is no text`;

  for (const name of ['volume', 'price']) {
    const value: unknown = Reflect.get(request, name);
    if (typeof value !== 'number' || !Number.isFinite(value)) return `${name} is no finite number`;
  }
  const { direction, offset, type, exchange } = request as { readonly [Name in keyof OrderRequest]?: unknown };
  if (direction !== Direction.LONG && direction !== Direction.SHORT) return 'the direction is neither LONG nor SHORT';
  if (!isEnumMember(offset, 'Offset')) return 'the offset is not known';
  if (!isEnumMember(type, 'OrderType')) return 'the type of the order is not known';
  if (!isEnumMember(exchange, 'Exchange')) return 'the exchange is not known';
  // A pickle carries the derived name as well. Rules go by it, and gateways trade the symbol.
  const { symbol, vt_symbol: vtSymbol } = request;
  if (vtSymbol !== `${symbol}.${exchange.value}`)
    return `symbol and exchange are not those of ${JSON.stringify(short(vtSymbol))}`;
  const strange = Object.keys(request).find((name) => !FIELDS.has(name));
  return strange === undefined ? undefined : `it has a field ${JSON.stringify(short(strange))} that orders do not have`;
}

function wrongContract({ vt_symbol: vtSymbol, size, pricetick, min_volume: step }: ContractData): string | undefined {
  const isRight = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value) && value > 0;
  if (!isRight(size)) return `the contract ${vtSymbol} has no size`;
  if (!isRight(pricetick)) return `the contract ${vtSymbol} has no pricetick`;
  if (!isRight(step)) return `the contract ${vtSymbol} has no min_volume`;
  return step < SMALLEST_STEP ? `the min_volume ${step} of ${vtSymbol} is too small to be counted` : undefined;
}

function wrongVolume({ volume }: OrderRequest, contract: ContractData): string | undefined {
  const { min_volume: step, max_volume: most } = contract;
  if (!(volume > 0)) return `order volume ${volume} is not above 0`;
  if (!isCountable(volume) || stepsIn(volume, step) === undefined || !(stepsIn(volume, step) !== 0))
    return `order volume ${volume} is no multiple of the contract's ${step}`;
  if (most !== null && most > 0 && !(volume <= most))
    return `order volume ${volume} is more than the contract's ${most}`;
  return undefined;
}

function wrongPrice(request: OrderRequest, { contract, hasLegs }: Instrument): string | undefined {
  if (!isPriced(request)) return undefined;
  const { price } = request;
  const { pricetick: tick, product } = contract;
  const steps = stepsIn(price, tick);
  if (steps === undefined) return `price ${price} is no multiple of the contract's ${tick}`;
  // 1e-300 is above 0, and as good as 0.
  if (steps <= 0 && !hasLegs && product !== Product.SPREAD) return `price ${price} is not above 0`;
  return undefined;
}

/** A name from outside may be very long. */
function short(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
