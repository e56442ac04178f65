/**
 * The console: a page and a JSON API with a WebSocket, in front of any TradingEngine.
 *
 * @module
 */
export { createConsole } from './console.js';
export type { Console } from './console.js';
export type { ConsoleOptions } from './options.js';
export type {
  AlgoApp,
  AppLogging,
  CtaApp,
  NewStrategy,
  ServerApps,
  SpreadApp,
  StrategyApp,
  StrategyApps,
  StrategyState,
} from './strategies/apps.js';
export { ConsoleError } from './errors.js';
export type { ConsoleErrorCode } from './errors.js';
export { DeskRefusal } from './desk/desk.js';
export type { Desk, HaltCommand, Principal, Refusal, ResumeCommand, WebUser } from './desk/desk.js';
export type { CancelOutcome, HaltScope, HaltState, Right } from './schema/index.js';
