/**
 * All attached engines, as the procedure of a halt uses them.
 *
 * @module
 */
import type { OrderData, TradingEngine } from '../../vnpy/index.js';
import type { HaltEngine } from '../halt/procedure.js';
import type { RiskBook } from '../limits/index.js';
import type { AuditTrail } from './audit-trail.js';
import type { Orders } from './orders.js';

/** What it needs. */
export interface HaltEngineParts {
  readonly engines: readonly TradingEngine[];
  readonly orders: Orders;
  readonly book: RiskBook;
  readonly audit: AuditTrail;
  /** Why it is cancelled, for the audit. */
  readonly why: string;
}

/** An engine that can be asked anew: RpcGateway. */
interface Resyncable {
  resync(): Promise<unknown>;
}

/** Engines for `haltProcedure`. */
export function haltEngine({ engines, orders, book, audit, why }: HaltEngineParts): HaltEngine {
  const homes = new Map<string, TradingEngine>();
  return {
    // They look at the halts before they leave, and find this one.
    withdrawWaiting: () => orders.waiting,
    settled: async (timeout) => {
      const unanswered = await orders.settled(timeout);
      return [...unanswered, ...book.unknowns().map(({ id }) => id)];
    },
    activeOrders: async () => {
      // An empty list of nobody would read as "nothing works".
      if (engines.length === 0) throw new Error('the guard has not reached a server yet');
      const lists = await Promise.all(
        engines.map(async (engine) => {
          if (isResyncable(engine)) await engine.resync();
          const active = await engine.getAllActiveOrders();
          for (const { vt_orderid: id } of active) homes.set(id, engine);
          return active;
        }),
      );
      return lists.flat();
    },
    cancel: async (order) => {
      const { vt_orderid, vt_symbol, gateway_name: gatewayName } = order;
      book.cancelling({ principal: '', limits: {}, warnAt: undefined, order, gatewayName, forced: true });
      audit.note({ kind: 'decided', function: 'cancel_order', outcome: 'passed', vt_orderid, vt_symbol, reason: why });
      await homes.get(vt_orderid)?.cancelOrder(order.createCancelRequest(), gatewayName);
    },
    ended: async ({ vt_orderid: id }): Promise<OrderData | undefined> => {
      const order = (await homes.get(id)?.getOrder(id)) ?? undefined;
      return order?.isActive() === true ? undefined : order;
    },
  };
}

function isResyncable(engine: TradingEngine): engine is TradingEngine & Resyncable {
  return 'resync' in engine && typeof engine.resync === 'function';
}
