/**
 * vnpy's Event and its types.
 *
 * @module
 */
import {
  AccountData,
  BarData,
  ContractData,
  LogData,
  OrderData,
  PositionData,
  QuoteData,
  TickData,
  TradeData,
} from './data/index.js';

/** What vnpy's EventEngine passes around (`vnpy.event.engine.Event`). */
export class Event<Data = unknown> {
  /** What happened, `eTick.` or `eTick.rb2410.SHFE`: see {@link EventType}. */
  readonly type: string;
  /** What it happened to, a {@link TickData} for instance. */
  readonly data: Data;

  constructor(type: string, data: Data) {
    this.type = type;
    this.data = data;
  }
}

/** Types of events (`vnpy.trader.event`). Those that end in a dot are also sent with an id behind the dot. */
export const EventType = {
  TICK: 'eTick.',
  TRADE: 'eTrade.',
  ORDER: 'eOrder.',
  POSITION: 'ePosition.',
  ACCOUNT: 'eAccount.',
  QUOTE: 'eQuote.',
  CONTRACT: 'eContract.',
  LOG: 'eLog',
  TIMER: 'eTimer',
  /** Log lines of the RpcService application itself. */
  RPC_LOG: 'eRpcLog',
} as const;

/** The kinds of data that a gateway tells of, and their classes. */
export interface DataByKind {
  readonly tick: TickData;
  readonly bar: BarData;
  readonly order: OrderData;
  readonly trade: TradeData;
  readonly position: PositionData;
  readonly account: AccountData;
  readonly contract: ContractData;
  readonly quote: QuoteData;
  readonly log: LogData;
}

/** A kind of data: `'tick'`, `'order'`, ... */
export type DataKind = keyof DataByKind;

/** One piece of data with its kind: a union, so that `switch (item.kind)` knows the class of `item.data`. */
export type KindedData = { readonly [K in DataKind]: { readonly kind: K; readonly data: DataByKind[K] } }[DataKind];

/** The kind of `data`, or `undefined` when it is none of vnpy's data classes. */
export function classify(data: unknown): KindedData | undefined {
  if (data instanceof TickData) return { kind: 'tick', data };
  if (data instanceof OrderData) return { kind: 'order', data };
  if (data instanceof TradeData) return { kind: 'trade', data };
  if (data instanceof PositionData) return { kind: 'position', data };
  if (data instanceof AccountData) return { kind: 'account', data };
  if (data instanceof LogData) return { kind: 'log', data };
  if (data instanceof ContractData) return { kind: 'contract', data };
  if (data instanceof QuoteData) return { kind: 'quote', data };
  if (data instanceof BarData) return { kind: 'bar', data };
  return undefined;
}

/** The types that are vnpy's own, with the kind of their data. */
const KIND_OF_TYPE: readonly (readonly [plain: string, kind: DataKind])[] = [
  [EventType.TICK, 'tick'],
  [EventType.TRADE, 'trade'],
  [EventType.ORDER, 'order'],
  [EventType.POSITION, 'position'],
  [EventType.ACCOUNT, 'account'],
  [EventType.QUOTE, 'quote'],
  [EventType.CONTRACT, 'contract'],
];

/** The kind of data that goes with a type of vnpy's own, plain or with an id; none for an application's type. */
export function kindOfType(type: string): DataKind | undefined {
  if (type === EventType.LOG) return 'log';
  return KIND_OF_TYPE.find(([plain]) => type.startsWith(plain))?.[1];
}

/**
 * The types under which `BaseGateway` sends data of one kind (`vnpy/trader/gateway.py`): the plain one, and where vnpy
 * sends the same thing twice, the one with the id.
 */
export function eventTypes(item: KindedData): { readonly plain: string; readonly specific?: string } {
  switch (item.kind) {
    case 'tick':
      return { plain: EventType.TICK, specific: EventType.TICK + item.data.vt_symbol };
    case 'order':
      return { plain: EventType.ORDER, specific: EventType.ORDER + item.data.vt_orderid };
    case 'trade':
      return { plain: EventType.TRADE, specific: EventType.TRADE + item.data.vt_symbol };
    case 'position':
      return { plain: EventType.POSITION, specific: EventType.POSITION + item.data.vt_symbol };
    case 'account':
      return { plain: EventType.ACCOUNT, specific: EventType.ACCOUNT + item.data.vt_accountid };
    case 'quote':
      return { plain: EventType.QUOTE, specific: EventType.QUOTE + item.data.vt_symbol };
    case 'contract':
      return { plain: EventType.CONTRACT };
    case 'log':
      return { plain: EventType.LOG };
    case 'bar':
      // vnpy has no event for bars; applications that send them use a type of their own.
      return { plain: 'eBar.', specific: `eBar.${item.data.vt_symbol}` };
  }
}
