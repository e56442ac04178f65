/**
 * The kinds of data that a vnpy gateway tells of: one table, from which everything follows that differs from kind to kind.
 *
 * @module
 */
import { DATA_CLASSES } from './data/classes.js';
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

/** What is known of one kind. */
interface KindSpec<Data> {
  /** The class of its data. */
  readonly type: abstract new (...args: never[]) => Data;
  /** The type under which `BaseGateway` sends it (`vnpy/trader/gateway.py`). */
  readonly event: string;
  /** What `BaseGateway` appends to the type where it sends the same thing a second time. */
  id?(data: Data): string;
  /** The key under which `OmsEngine` keeps the newest of it (`vnpy/trader/engine.py`). Without one it is not kept. */
  key?(data: Data): string;
  /** Whether vnpy's own RpcGateway asks for all of it when it connects (`get_all_...s`). */
  readonly listed?: boolean;
}

/** Those that are listed stand in the order in which vnpy's RpcGateway asks for them. */
const KINDS = {
  tick: {
    type: TickData,
    event: 'eTick.',
    id: (data: TickData) => data.vt_symbol,
    key: (data: TickData) => data.vt_symbol,
  },
  contract: {
    type: ContractData,
    event: 'eContract.',
    key: (data: ContractData) => data.vt_symbol,
    listed: true,
  },
  account: {
    type: AccountData,
    event: 'eAccount.',
    id: (data: AccountData) => data.vt_accountid,
    key: (data: AccountData) => data.vt_accountid,
    listed: true,
  },
  position: {
    type: PositionData,
    event: 'ePosition.',
    id: (data: PositionData) => data.vt_symbol,
    key: (data: PositionData) => data.vt_positionid,
    listed: true,
  },
  order: {
    type: OrderData,
    event: 'eOrder.',
    id: (data: OrderData) => data.vt_orderid,
    key: (data: OrderData) => data.vt_orderid,
    listed: true,
  },
  trade: {
    type: TradeData,
    event: 'eTrade.',
    id: (data: TradeData) => data.vt_symbol,
    key: (data: TradeData) => data.vt_tradeid,
    listed: true,
  },
  quote: {
    type: QuoteData,
    event: 'eQuote.',
    id: (data: QuoteData) => data.vt_symbol,
    key: (data: QuoteData) => data.vt_quoteid,
  },
  // vnpy has no event for bars; applications that send them use a type of their own.
  bar: { type: BarData, event: 'eBar.', id: (data: BarData) => data.vt_symbol },
  log: { type: LogData, event: 'eLog' },
} as const;

/** The kinds of which vnpy has events. */
type EventKind = Exclude<DataKind, 'bar'>;

/** Types of events (`vnpy.trader.event`). Those that end in a dot are also sent with an id behind the dot. */
export const EventType: {
  readonly [K in EventKind as Uppercase<K>]: (typeof KINDS)[K]['event'];
} & {
  /** Each second. */
  readonly TIMER: 'eTimer';
  /** Log lines of the RpcService application itself. */
  readonly RPC_LOG: 'eRpcLog';
} = {
  ...eventTypesOfKinds(),
  TIMER: 'eTimer',
  RPC_LOG: 'eRpcLog',
};

function eventTypesOfKinds(): { readonly [K in EventKind as Uppercase<K>]: (typeof KINDS)[K]['event'] } {
  const types = Object.entries(KINDS).map(([kind, { event }]) => [kind.toUpperCase(), event] as const);
  // Object.fromEntries does not know which key has which value.
  return Object.fromEntries(types.filter(([name]) => name !== 'BAR')) as ReturnType<typeof eventTypesOfKinds>;
}

/** A kind of data: `'tick'`, `'order'`, ... */
export type DataKind = keyof typeof KINDS;

/** The kinds of data that a gateway tells of, and their classes. */
export type DataByKind = { readonly [K in DataKind]: InstanceType<(typeof KINDS)[K]['type']> };

/** One piece of data with its kind: a union, so that `switch (item.kind)` knows the class of `item.data`. */
export type KindedData = { readonly [K in DataKind]: { readonly kind: K; readonly data: DataByKind[K] } }[DataKind];

type KindsWith<Property> = {
  [K in DataKind]: (typeof KINDS)[K] extends Readonly<Record<Property & string, unknown>> ? K : never;
}[DataKind];

/** The kinds that are kept. Bars and log lines pass through. */
export type StateKind = KindsWith<'key'>;

/** A kind of data that a snapshot brings. */
export type SnapshotKind = KindsWith<'listed'>;

/** A piece of data of a kind that a snapshot brings. */
export type SnapshotItem = Extract<KindedData, { readonly kind: SnapshotKind }>;

/** A piece of data of a kind that is kept. */
export type StateItem = Extract<KindedData, { readonly kind: StateKind }>;

/** The newest of everything, by kind and key. */
export type StateMaps = { readonly [K in StateKind]: Map<string, DataByKind[K]> };

/** The same table for a kind that is known at run time only. */
const SPECS: Readonly<Record<DataKind, KindSpec<KindedData['data']>>> = KINDS;

const STATE_SPECS: Readonly<Record<StateKind, { key(data: StateItem['data']): string }>> = KINDS;

/** All kinds. */
export const DATA_KINDS = Object.keys(KINDS) as readonly DataKind[];

/** The kinds that are kept. */
export const STATE_KINDS = DATA_KINDS.filter((kind): kind is StateKind => SPECS[kind].key !== undefined);

/** The kinds that a snapshot brings, in the order in which it asks for them. */
export const SNAPSHOT_KINDS = DATA_KINDS.filter((kind): kind is SnapshotKind => SPECS[kind].listed === true);

/** A value for each kind. */
export function eachKind<K extends DataKind, V>(kinds: readonly K[], make: (kind: K) => V): Record<K, V> {
  return Object.fromEntries(kinds.map((kind) => [kind, make(kind)])) as Record<K, V>;
}

/** No data of any kind. */
export function emptyMaps(): StateMaps {
  // Each map is for the class of its kind: none of them holds anything yet.
  return eachKind(STATE_KINDS, () => new Map<string, never>());
}

/** The kinds by class: a decoded object is an instance of the very class as a rule. */
const BY_CLASS = new Map<unknown, DataKind>(DATA_KINDS.map((kind) => [SPECS[kind].type, kind]));

/** The kind of `data`, or `undefined` when it is none of vnpy's data classes nor derived from one. */
export function classify(data: unknown): KindedData | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const kind = BY_CLASS.get(data.constructor) ?? DATA_KINDS.find((candidate) => data instanceof SPECS[candidate].type);
  return kind === undefined ? undefined : ({ kind, data } as KindedData);
}

/** The key under which the state keeps a piece of data. */
export function keyOf({ kind, data }: StateItem): string {
  return STATE_SPECS[kind].key(data);
}

/** The kind of data that goes with a type of vnpy's own, plain or with an id; none for an application's type. */
export function kindOfType(type: string): DataKind | undefined {
  return DATA_KINDS.find((kind) => {
    const { event } = SPECS[kind];
    if (kind === 'bar') return false;
    return event.endsWith('.') ? type.startsWith(event) : type === event;
  });
}

/**
 * The types under which `BaseGateway` sends data of one kind (`vnpy/trader/gateway.py`). One is the plain one. The other is the
 * one with the id, where vnpy sends the same thing twice.
 */
export function eventTypes(item: KindedData): { readonly plain: string; readonly specific?: string } {
  const spec = SPECS[item.kind];
  const id = spec.id?.(item.data);
  return id === undefined ? { plain: spec.event } : { plain: spec.event, specific: spec.event + id };
}

/** The fields of a kind that hold members of enums. */
export const ENUM_FIELDS: Readonly<Record<DataKind, readonly string[]>> = eachKind(
  DATA_KINDS,
  (kind) => DATA_CLASSES.find(({ type }) => type === SPECS[kind].type)?.enumFields ?? [],
);
