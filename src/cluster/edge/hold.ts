/**
 * What an account brings to its edge: lease, journal and halts, as the edge needs them.
 *
 * @module
 */
import type { EngineGuard, TradingEngine } from '../../vnpy/index.js';
import type { Holding } from '../account/holding.js';
import type { ClusterTransport } from '../transport/transport.js';
import type { Subjects } from '../wire/subjects.js';
import type { JournalAnswer } from './intake.js';

/** What an edge gives to whoever holds its account. */
export interface HoldParts {
  readonly transport: ClusterTransport;
  readonly subjects: Subjects;
  readonly account: string;
  readonly edge: string;
  readonly engine: TradingEngine;
  readonly guard: EngineGuard | undefined;
}

/** An account, as an edge works with it. */
export interface EdgeHold {
  /** Whether this edge holds it. */
  readonly holding: Holding;
  /** The engine that does something only while it does. The guard stands before it. */
  readonly engine: TradingEngine;
  /** Takes the place of the guard that was given. */
  readonly guard?: EngineGuard | undefined;
  /** What is written down of an order, by its key, for the principal that asks. */
  lookup?(key: string, principal: string): Promise<JournalAnswer | undefined>;
  /** The edge serves: from now on the account may be taken. */
  start(): void;
  /** Gives it back in order. */
  stop(): Promise<void>;
}
