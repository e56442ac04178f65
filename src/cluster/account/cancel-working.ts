/**
 * Cancels what works under a halt, at an edge without a guard.
 *
 * @module
 */
import type { Halt, HaltScope } from '../../guard/index.js';
import { compilePattern, haltProcedure } from '../../guard/internal.js';
import type { Logger } from '../../rpc/index.js';
import type { OrderData, TradingEngine } from '../../vnpy/index.js';
import type { ClusterClock } from '../transport/clock.js';
import type { Beyond } from './pass-through.js';

/** What it works with. */
export interface CancelWorkingParts {
  readonly engine: TradingEngine & Beyond;
  /** The principal whose order has an id of vnpy's, by the journal. */
  readonly ownerOf: (vtOrderid: string) => string | undefined;
  /** Waits for the answers of orders under way. @returns whether all have come within `ms`. */
  readonly settled: (ms: number) => Promise<boolean>;
  readonly clock: ClusterClock;
  readonly logger: Logger;
}

/** @returns whether nothing works any more that the halt is for. */
export async function cancelWorking(halt: Halt, parts: CancelWorkingParts): Promise<boolean> {
  const { engine, clock, logger } = parts;
  const report = await haltProcedure(
    {
      // They look at the halt before they leave.
      withdrawWaiting: () => 0,
      settled: async (ms) => ((await parts.settled(ms)) ? [] : ['an order under way']),
      activeOrders: async () => {
        await engine.resync?.();
        return await engine.getAllActiveOrders();
      },
      cancel: async (order) => {
        await engine.cancelOrder(order.createCancelRequest(), order.gateway_name);
      },
      ended: async ({ vt_orderid: id }) => {
        const order = await engine.getOrder(id);
        return order?.isActive() === true ? undefined : order;
      },
    },
    { covers: (order) => isCovered(halt.scope, order, parts), clock },
  );
  for (const { vt_orderid: id, reason } of report.failed)
    logger.error(`cluster: ${id === '' ? 'of the orders' : id} under the halt ${halt.id}: ${reason}`);
  return report.isDone;
}

function isCovered(scope: HaltScope, order: OrderData, { ownerOf }: CancelWorkingParts): boolean {
  const { gateway_name: gateway, vt_symbol: symbol, vt_orderid: id } = order;
  switch (scope.kind) {
    case 'all':
      return true;
    case 'role':
      // Without a policy nobody knows who has it: it holds for everybody, as it does for new orders.
      return true;
    case 'principal':
      return ownerOf(id) === scope.name;
    case 'gateway':
      return scope.name === gateway;
    case 'account':
      return scope.name === gateway || scope.name.startsWith(`${gateway}.`);
    case 'symbol':
      return compilePattern(scope.pattern).matches(symbol);
  }
}
