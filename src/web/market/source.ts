/**
 * What more an engine can tell when it is a gateway to a vnpy server, or to several.
 *
 * @module
 */
import { JoinedEngine } from '../../vnpy/index.js';
import type { GatewayStats, TradingEngine, TradingGateway } from '../../vnpy/index.js';

/** A gateway, as far as the console uses it. */
export type Gateway = Pick<TradingGateway, 'status' | 'findOrder' | 'on'> & {
  stats?(): GatewayStats;
  staleSymbols?(): string[];
};

/** One of the servers behind an engine. */
export interface Server {
  /** Empty where there is only one. */
  readonly name: string;
  /** Undefined for an engine that is the server itself. */
  readonly gateway: Gateway | undefined;
}

/** The engine as a gateway; undefined for one that is the server itself. */
export function gatewayOf(engine: TradingEngine): Gateway | undefined {
  const given = engine as Partial<Record<keyof Gateway, unknown>>;
  const isGateway = typeof given.status === 'function' && typeof given.findOrder === 'function';
  return isGateway ? (engine as unknown as Gateway) : undefined;
}

/** The servers behind an engine: itself, or those that it joins. */
export function serversOf(engine: TradingEngine): readonly Server[] {
  if (!(engine instanceof JoinedEngine)) return [{ name: '', gateway: gatewayOf(engine) }];
  return [...engine.servers].map(([name, each]) => ({ name, gateway: gatewayOf(each) }));
}
