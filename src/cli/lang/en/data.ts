/**
 * vnpy's data in tables and lines, in English: the shape that every other language has to fill.
 *
 * @module
 */

/** A member of one of vnpy's enums. */
export interface NamedMember {
  /** As code has it: `LONG`. */
  readonly name: string;
  /** As vnpy's source has it, in Chinese: `多`. */
  readonly value: string;
}

/** The heads of columns and the words of lines. */
export const data = {
  /** What a server has logged, where that is a sentence of ours. */
  logged: (text: string): string => text,
  /** A member as a person says it. JSON and CSV have its name. */
  member: ({ name }: NamedMember): string => name,
  columns: {
    vt_orderid: 'vt_orderid',
    vt_tradeid: 'vt_tradeid',
    vt_symbol: 'vt_symbol',
    vt_accountid: 'vt_accountid',
    name: 'name',
    product: 'product',
    size: 'size',
    pricetick: 'pricetick',
    min_volume: 'min_volume',
    max_volume: 'max_volume',
    direction: 'direction',
    offset: 'offset',
    type: 'type',
    price: 'price',
    /** The price of a position. */
    average: 'price',
    volume: 'volume',
    /** The volume of a market. */
    turned: 'volume',
    traded: 'traded',
    status: 'status',
    datetime: 'datetime',
    time: 'time',
    reference: 'reference',
    yd_volume: 'yd_volume',
    frozen: 'frozen',
    pnl: 'pnl',
    gateway_name: 'gateway_name',
    balance: 'balance',
    available: 'available',
    last: 'last',
    'change %': 'change %',
    bid: 'bid',
    bid_volume: 'bid_volume',
    ask: 'ask',
    ask_volume: 'ask_volume',
    open: 'open',
    high: 'high',
    low: 'low',
    close: 'close',
    turnover: 'turnover',
    open_interest: 'open_interest',
  },
  /** What stands before a number in the line of an event. */
  words: {
    last: 'last',
    bid: 'bid',
    ask: 'ask',
    volume: 'volume',
    frozen: 'frozen',
    pnl: 'pnl',
    balance: 'balance',
    available: 'available',
    size: 'size',
    pricetick: 'pricetick',
  },
};

/** What every language has to say. */
export type DataTexts = typeof data;
