/**
 * The request that cancels an order or a quote.
 *
 * @module
 */
import { Exchange } from '../enums/index.js';
import { vtSymbol } from './describe.js';
import { ABSENT, BLANK, DataSchema, contractSymbol, member, ranged, required, str } from './schema.js';
import type { InitOf } from './schema.js';

const cancelRequestFields = {
  orderid: required(ranged(str, 'not-empty')),
  symbol: required(contractSymbol),
  exchange: required(member('Exchange', Exchange)),
};

/** What `new CancelRequest()` takes. */
export interface CancelRequestInit extends InitOf<CancelRequest, typeof cancelRequestFields> {}

/** @internal */
export const cancelRequestSchema = new DataSchema<CancelRequest, CancelRequestInit>(
  'CancelRequest',
  cancelRequestFields,
  (request) => {
    request.vt_symbol = vtSymbol(request);
  },
);

/** Cancel an order. (`vnpy.trader.object.CancelRequest`) */
export class CancelRequest {
  /** The gateway's id of the order, without the gateway's name. */
  readonly orderid: string = '';
  /** Symbol at the exchange, `rb2705`. */
  readonly symbol: string = '';
  /** Exchange. */
  readonly exchange: Exchange = ABSENT;
  /** `symbol.EXCHANGE`, `rb2705.SHFE`: vnpy's name for a contract. Derived. */
  readonly vt_symbol: string = '';

  /** @throws {@link InvalidDataError} naming the field that is missing, unknown, of the wrong type or out of range. */
  constructor(init: CancelRequestInit) {
    cancelRequestSchema.fill(this, init);
  }
}

/**
 * The request for an order or quote with the id that a peer gave it: some gateways give an int, or None. It goes back as it
 * came, as Python's `create_cancel_request()` has it.
 *
 * @internal
 */
export function cancelRequestFor(
  id: unknown,
  contract: { readonly symbol: unknown; readonly exchange: unknown },
): CancelRequest {
  const { symbol, exchange } = contract;
  return cancelRequestSchema.take(new CancelRequest(BLANK), { orderid: id, symbol, exchange });
}
