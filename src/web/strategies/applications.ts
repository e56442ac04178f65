/**
 * The applications of a console: their strategies, spreads, algorithms and logs.
 *
 * @module
 */
import { AlgoBoard } from './algo-board.js';
import { AppLogs } from './app-logs.js';
import type { StrategyApps } from './apps.js';
import { StrategyBoard } from './board.js';
import type { BoardParts } from './board.js';
import { Places } from './places.js';
import { SpreadBoard } from './spread-board.js';

/** What they are made with. */
export interface ApplicationParts extends BoardParts {
  readonly apps: StrategyApps;
  /** ms since 1970. */
  readonly now: () => number;
}

/** All of them. */
export class Applications {
  readonly places: Places;
  readonly strategies: StrategyBoard;
  readonly spreads: SpreadBoard;
  readonly algos: AlgoBoard;
  readonly logs: AppLogs;

  constructor(parts: ApplicationParts) {
    this.places = new Places(parts.apps);
    this.strategies = new StrategyBoard(parts);
    this.spreads = new SpreadBoard(parts);
    this.algos = new AlgoBoard(this.places.of('algo', 'spread'), parts);
    this.logs = new AppLogs(this.places.all, parts.now);
  }

  close(): void {
    this.algos.close();
    this.logs.close();
  }
}
