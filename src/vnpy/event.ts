/**
 * vnpy's Event and its types.
 *
 * @module
 */
/** What vnpy's EventEngine passes around (`vnpy.event.engine.Event`). */
export class Event<Data = unknown> {
  /** What happened, `eTick.` or `eTick.rb2705.SHFE`: see {@link EventType}. */
  readonly type: string;
  /** What it happened to, a `TickData` for instance. */
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
