/**
 * vnpy's requests from plain fields, as the local control takes them.
 *
 * @module
 */
import { CancelRequest, Direction, Exchange, Offset, OrderRequest, OrderType, parseEnum } from '../../vnpy/index.js';
import { ControlError } from '../halt/errors.js';
import type { PlainFields } from '../halt/control-requests.js';

/** @throws ControlError for fields of which no order can be made, or InvalidDataError, which names the field. */
export function plainOrder(fields: PlainFields): OrderRequest {
  const { symbol, volume, price = 0, reference = '' } = fields;
  return new OrderRequest({
    symbol: String(symbol),
    exchange: member('exchange', fields, (text) => parseEnum(Exchange, text)),
    direction: member('direction', fields, (text) => parseEnum(Direction, text)),
    type: member('type', fields, (text) => parseEnum(OrderType, text)),
    offset: 'offset' in fields ? member('offset', fields, (text) => parseEnum(Offset, text)) : Offset.NONE,
    volume: Number(volume),
    price: Number(price),
    reference: String(reference),
  });
}

/** @throws ControlError for fields of which no cancel can be made, or InvalidDataError, which names the field. */
export function plainCancel(fields: PlainFields): CancelRequest {
  return new CancelRequest({
    orderid: String(fields['orderid'] ?? ''),
    symbol: String(fields['symbol'] ?? ''),
    exchange: member('exchange', fields, (text) => parseEnum(Exchange, text)),
  });
}

function member<Member>(name: string, fields: PlainFields, read: (text: string) => Member | undefined): Member {
  const text = String(fields[name] ?? '');
  const found = read(text);
  if (found === undefined) throw new ControlError('BAD_REQUEST', `${name} ${JSON.stringify(text)} is not known`);
  return found;
}
