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

function describe(item: KindedData): string {
  const { data: whole }: { readonly data: object } = item;
  switch (item.kind) {
    case 'tick': {
      const { data } = item;
      const bid = `${data.bid_price_1} x ${data.bid_volume_1}`;
      const ask = `${data.ask_price_1} x ${data.ask_volume_1}`;
      return join(
        data.vt_symbol,
        'last',
        data.last_price,
        'bid',
        bid,
        'ask',
        ask,
        'volume',
        data.volume,
        timeCell(data.datetime),
      );
    }
    case 'bar': {
      const { data } = item;
      const prices = `${data.open_price} ${data.high_price} ${data.low_price} ${data.close_price}`;
      return join(data.vt_symbol, nameCell(data.interval), prices, 'volume', data.volume, timeCell(data.datetime));
    }
    case 'order': {
      const { data } = item;
      const done = `${data.traded}/${data.volume}`;
      return join(
        data.vt_orderid,
        data.vt_symbol,
        side(data),
        nameCell(data.type),
        done,
        '@',
        data.price,
        nameCell(data.status),
      );
    }
    case 'trade': {
      const { data } = item;
      return join(
        data.vt_tradeid,
        data.vt_orderid,
        data.vt_symbol,
        side(data),
        data.volume,
        '@',
        data.price,
        timeCell(data.datetime),
      );
    }
    case 'position': {
      const { data } = item;
      return join(
        data.vt_symbol,
        nameCell(data.direction),
        data.volume,
        'frozen',
        data.frozen,
        '@',
        data.price,
        'pnl',
        data.pnl,
      );
    }
    case 'account': {
      const { data } = item;
      return join(data.vt_accountid, 'balance', data.balance, 'frozen', data.frozen, 'available', data.available);
    }
    case 'contract': {
      const { data } = item;
      return join(data.vt_symbol, data.name, nameCell(data.product), 'size', data.size, 'pricetick', data.pricetick);
    }
    case 'quote': {
      const { data } = item;
      const bid = `${data.bid_price} x ${data.bid_volume}`;
      const ask = `${data.ask_price} x ${data.ask_volume}`;
      return join(data.vt_quoteid, data.vt_symbol, 'bid', bid, 'ask', ask, nameCell(data.status));
    }
    case 'log':
      return join(item.data.gateway_name, item.data.msg);
    // A kind that has no line of its own.
    default:
      return JSON.stringify(toPlain(whole));
  }
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
