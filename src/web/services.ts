/**
 * The parts of a console, as its routes and its stream use them.
 *
 * @module
 */
import type { Logger } from '../rpc/index.js';
import type { TradingEngine } from '../vnpy/index.js';
import type { AuditTrail } from './audit.js';
import type { Gate } from './auth/gate.js';
import type { Desk } from './desk/desk.js';
import type { Market } from './market/market.js';
import type { StatusBoard } from './market/status-board.js';
import type { OrderBook } from './orders/book.js';
import type { OrderSender } from './orders/sender.js';
import type { WarningLimits } from './orders/warnings.js';
import type { Preferences } from './preferences.js';
import type { Applications } from './strategies/applications.js';

/** What is shared by all requests. */
export interface Services {
  readonly engine: TradingEngine;
  readonly desk: Desk;
  readonly gate: Gate;
  readonly market: Market;
  readonly board: StatusBoard;
  readonly book: OrderBook;
  readonly sender: OrderSender;
  readonly audit: AuditTrail;
  readonly preferences: Preferences;
  /** Undefined where this console shows none. */
  readonly strategies: Applications | undefined;
  readonly logger: Logger;
  /** The newest log lines of a view, oldest first. */
  readonly logsOf: (view: TradingEngine) => readonly string[];
  readonly settings: {
    readonly isTrading: boolean;
    readonly isSimulated: boolean;
    readonly version: string;
    readonly warnings: WarningLimits;
    readonly ordersPerSecond: number;
    readonly staleAfter: number;
  };
  /** ms since 1970. */
  readonly now: () => number;
}
