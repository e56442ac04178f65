/**
 * vnpy's applications: the classes and events that they send, and the control of their strategies from Node.js.
 *
 * @module
 */
export { AlgoStatus, StopOrderStatus } from './enums.js';
export { AlgoItem, SpreadItem, StopOrder } from './classes.js';
export type { AlgoItemInit, SpreadItemInit, StopOrderInit } from './classes.js';
export { appsRegistry } from './registry.js';
export { APP_EVENT_TYPES, readAppEvent } from './events.js';
export type { AppEvent, AppEventData, AppEventType } from './events.js';
export type {
  AlgoData,
  AppDicts,
  AppValues,
  CtaStrategyData,
  OptionRiskData,
  PmContractData,
  PmPortfolioData,
  PortfolioStrategyData,
  RecorderData,
  RiskRuleData,
  SpreadStrategyData,
  StrategyData,
  StrategyVariables,
} from './dicts.js';
