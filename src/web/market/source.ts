/**
 * What more an engine can tell when it is a gateway to a vnpy server.
 *
 * @module
 */
import type { GatewayStats, TradingEngine, TradingGateway } from '../../vnpy/index.js';

/** A gateway, as far as the console uses it. */
export type Gateway = Pick<TradingGateway, 'status' | 'findOrder' | 'on' | 'gatewayName'> & {
  stats?(): GatewayStats;
  staleSymbols?(): string[];
};

/** The engine as a gateway; undefined for one that is the server itself. */
export function gatewayOf(engine: TradingEngine): Gateway | undefined {
  const given = engine as Partial<Record<keyof Gateway, unknown>>;
  const isGateway = typeof given.status === 'function' && typeof given.findOrder === 'function';
  return isGateway ? (engine as unknown as Gateway) : undefined;
}
