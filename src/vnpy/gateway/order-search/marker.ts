/**
 * What `findOrder` puts into a server's event queue, to see it come out again.
 *
 * It is a cancel of an order of a gateway that is not there: MainEngine logs the gateway's name then, and its log is an event
 * in its queue (`get_gateway`, vnpy/trader/engine.py). A relay hands it on.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';

const PREFIX = 'vnpy-bridge-findOrder-';

/** The name of a gateway that no server has. */
export function newMarker(): string {
  return PREFIX + randomBytes(6).toString('hex');
}

/** Whether a cancel for this gateway is no cancel. */
export function isMarker(gatewayName: string): boolean {
  return gatewayName.startsWith(PREFIX);
}
