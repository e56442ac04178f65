/**
 * One event as one line.
 *
 * @module
 */
import { Offset } from '../../../vnpy/index.js';
import type { KindedData } from '../../../vnpy/internal.js';
import { escapeText } from '../../kit/text/escape.js';
import type { Style } from '../../kit/text/style.js';
import type { SeenEvent } from '../events/see.js';
import type { DataTexts } from '../../lang/en/data.js';
import { toPlain } from './plain.js';
import { memberCell, timeCell } from './rows.js';

/** A line for people, without its end. @param received - When it came, ms since 1970. */
export function eventLine(event: SeenEvent, received: number, style: Style, texts: DataTexts): string {
  const what = event.item === undefined ? JSON.stringify(toPlain(event.data)) : describe(event.item, texts);
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
const LINES: { readonly [Kind in KindedData['kind']]?: (data: DataOf<Kind>, texts: DataTexts) => string } = {
  tick: (data, texts) => {
    const { words } = texts;
    const bid = `${data.bid_price_1} x ${data.bid_volume_1}`;
    const ask = `${data.ask_price_1} x ${data.ask_volume_1}`;
    const traded = join(words.volume, data.volume, timeCell(data.datetime));
    return join(data.vt_symbol, words.last, data.last_price, words.bid, bid, words.ask, ask, traded);
  },
  bar: (data, texts) => {
    const { words } = texts;
    const prices = `${data.open_price} ${data.high_price} ${data.low_price} ${data.close_price}`;
    return join(
      data.vt_symbol,
      memberCell(data.interval, texts),
      prices,
      words.volume,
      data.volume,
      timeCell(data.datetime),
    );
  },
  order: (data, texts) => {
    const done = `${data.traded}/${data.volume}`;
    const type = memberCell(data.type, texts);
    return join(
      data.vt_orderid,
      data.vt_symbol,
      side(data, texts),
      type,
      done,
      '@',
      data.price,
      memberCell(data.status, texts),
    );
  },
  trade: (data, texts) => {
    const deal = `${data.volume} @ ${data.price}`;
    return join(data.vt_tradeid, data.vt_orderid, data.vt_symbol, side(data, texts), deal, timeCell(data.datetime));
  },
  position: (data, texts) => {
    const { words } = texts;
    const { volume, frozen, price, pnl } = data;
    return join(
      data.vt_symbol,
      memberCell(data.direction, texts),
      volume,
      words.frozen,
      frozen,
      '@',
      price,
      words.pnl,
      pnl,
    );
  },
  account: ({ vt_accountid, balance, frozen, available }, { words }) =>
    join(vt_accountid, words.balance, balance, words.frozen, frozen, words.available, available),
  contract: ({ vt_symbol, name, product, size, pricetick }, texts) =>
    join(vt_symbol, name, memberCell(product, texts), texts.words.size, size, texts.words.pricetick, pricetick),
  quote: (data, texts) => {
    const { words } = texts;
    const bid = `${data.bid_price} x ${data.bid_volume}`;
    const ask = `${data.ask_price} x ${data.ask_volume}`;
    return join(data.vt_quoteid, data.vt_symbol, words.bid, bid, words.ask, ask, memberCell(data.status, texts));
  },
  log: ({ gateway_name, msg }, { logged }) => join(gateway_name, logged(msg)),
};

function describe<Kind extends KindedData['kind']>(
  item: { readonly kind: Kind; readonly data: DataOf<Kind> },
  texts: DataTexts,
): string {
  return LINES[item.kind]?.(item.data, texts) ?? JSON.stringify(toPlain(item.data));
}

function side(
  { direction, offset }: { readonly direction: unknown; readonly offset: unknown },
  texts: DataTexts,
): string {
  return join(memberCell(direction, texts), offset === Offset.NONE ? '' : memberCell(offset, texts));
}

function join(...parts: readonly unknown[]): string {
  return parts
    .filter((part) => part !== undefined && part !== '')
    .map(String)
    .join(' ');
}
