/**
 * What the console and its page say to each other, as types. The definitions are the server's; nothing of them is in the page.
 *
 * @module
 */
export type {
  Account,
  AgedTick,
  Alert,
  AuditEntry,
  Bar,
  CancelOutcome,
  Channel,
  ClientMessage,
  Contract,
  HaltAnswer,
  HaltInput,
  HaltState,
  Hello,
  LiveBar,
  Log,
  NewOrderInput,
  Ok,
  Order,
  OrderPreview,
  OrderTicket,
  Position,
  Problem,
  ProblemName,
  Quote,
  Rows,
  ServerMessage,
  ServerState,
  Session,
  Snapshot,
  Status,
  Strategy,
  StrategyAnswer,
  StrategyList,
  Tick,
  Trade,
  Trading,
  Update,
  Warning,
  WarningCode,
} from '../../../src/web/schema/index.js';

/** A number that JSON may have had no text for. */
export type Maybe = number | null;
