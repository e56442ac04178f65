/**
 * One event as one line.
 *
 * @module
 */
import type { KindedData } from '../../../vnpy/internal.js';
import { escapeText } from '../../kit/text/escape.js';
import type { Style } from '../../kit/text/style.js';
import type { SeenEvent } from '../events/see.js';
import { toPlain } from './plain.js';
import { nameCell, timeCell } from './rows.js';

/** A line for people, without its end. @param received - When it came, ms since 1970. */
export function eventLine(event: SeenEvent, received: number, style: Style): string {
  const what = event.item === undefined ? JSON.stringify(toPlain(event.data)) : describe(event.item);
  const type = event.type === '' ? event.topic : event.type;
  return `${style('dim', clockText(received))} ${style('cyan', escapeText(type))} ${escapeText(what)}`;
}

/** A line of JSON, without its end. @param received - When it came, ms since 1970. */
export function eventJson({ topic, type, data }: SeenEvent, received: number): string {
  return JSON.stringify({ time: new Date(received).toISOString(), topic, type, data: toPlain(data) });
}

/** The time of day on this machine, to the millisecond. */
export function clockText(ms: number): string {
  const at = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  const milliseconds = String(at.getMilliseconds()).padStart(3, '0');
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${milliseconds}`;
}

type DataOf<Kind extends KindedData['kind']> = Extract<KindedData, { readonly kind: Kind }>['data'];

/** What of an item stands in its line. A kind that has none here is written as JSON. */
const LINES: { readonly [Kind in KindedData['kind']]?: (data: DataOf<Kind>) => string } = {
  tick: (data) => {
    const bid = `${data.bid_price_1} x ${data.bid_volume_1}`;
    const ask = `${data.ask_price_1} x ${data.ask_volume_1}`;
    const traded = join('volume', data.volume, timeCell(data.datetime));
    return join(data.vt_symbol, 'last', data.last_price, 'bid', bid, 'ask', ask, traded);
  },
  bar: (data) => {
    const prices = `${data.open_price} ${data.high_price} ${data.low_price} ${data.close_price}`;
    return join(data.vt_symbol, nameCell(data.interval), prices, 'volume', data.volume, timeCell(data.datetime));
  },
  order: (data) => {
    const done = `${data.traded}/${data.volume}`;
    const type = nameCell(data.type);
    return join(data.vt_orderid, data.vt_symbol, side(data), type, done, '@', data.price, nameCell(data.status));
  },
  trade: (data) => {
    const deal = `${data.volume} @ ${data.price}`;
    return join(data.vt_tradeid, data.vt_orderid, data.vt_symbol, side(data), deal, timeCell(data.datetime));
  },
  position: (data) => {
    const { volume, frozen, price, pnl } = data;
    return join(data.vt_symbol, nameCell(data.direction), volume, 'frozen', frozen, '@', price, 'pnl', pnl);
  },
  account: ({ vt_accountid, balance, frozen, available }) =>
    join(vt_accountid, 'balance', balance, 'frozen', frozen, 'available', available),
  contract: ({ vt_symbol, name, product, size, pricetick }) =>
    join(vt_symbol, name, nameCell(product), 'size', size, 'pricetick', pricetick),
  quote: (data) => {
    const bid = `${data.bid_price} x ${data.bid_volume}`;
    const ask = `${data.ask_price} x ${data.ask_volume}`;
    return join(data.vt_quoteid, data.vt_symbol, 'bid', bid, 'ask', ask, nameCell(data.status));
  },
  log: ({ gateway_name, msg }) => join(gateway_name, msg),
};

function describe<Kind extends KindedData['kind']>(item: { readonly kind: Kind; readonly data: DataOf<Kind> }): string {
  return LINES[item.kind]?.(item.data) ?? JSON.stringify(toPlain(item.data));
}

function side(data: { readonly direction: unknown; readonly offset: unknown }): string {
  return join(nameCell(data.direction), nameCell(data.offset) === 'NONE' ? '' : nameCell(data.offset));
}

function join(...parts: readonly unknown[]): string {
  return parts
    .filter((part) => part !== undefined && part !== '')
    .map(String)
    .join(' ');
}
