/**
 * What is put into a server's event queue, to see it come out again: behind everything that stands in it.
 *
 * On the wire it is a cancel of an order of a gateway that is not there. MainEngine logs the gateway's name then, and its log is
 * an event in its queue (`get_gateway`, vnpy/trader/engine.py). Here it is `flushEvents` of an engine. RpcService turns such a
 * cancel into a call of `flushEvents`, and a search for an order turns its call of `flushEvents` into such a cancel.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { CancelRequest } from '../../data/index.js';
import { Exchange } from '../../enums/index.js';

const PREFIX = 'vnpy-bridge-findOrder-';

/** A text that no server's log has yet: the name of a gateway that none has. */
export function newMarker(): string {
  return PREFIX + randomBytes(6).toString('hex');
}

/** Whether a cancel for this gateway is no cancel. */
export function isMarker(gatewayName: string): boolean {
  return gatewayName.startsWith(PREFIX);
}

/** What `cancel_order` takes to put a marker into the queue: its log line contains the marker. */
export function cancelOf(marker: string): readonly [request: CancelRequest, gatewayName: string] {
  const gatewayName = isMarker(marker) ? marker : PREFIX + marker;
  return [new CancelRequest({ orderid: gatewayName, symbol: 'vnpy-bridge', exchange: Exchange.LOCAL }), gatewayName];
}
