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
export { AlgoControl } from './control/algo.js';
export type { AlgoEvents, NewAlgo } from './control/algo.js';
export type { ControlClient, ControlOptions } from './control/app.js';
export { CtaControl } from './control/cta.js';
export type { CtaEvents, NewCtaStrategy } from './control/cta.js';
export { AppControlError } from './control/errors.js';
export type { AppControlErrorCode } from './control/errors.js';
export { SpreadControl } from './control/spread.js';
export type { NewSpread, NewSpreadAlgo, NewSpreadStrategy, SpreadEvents, SpreadLeg } from './control/spread.js';
export type { StrategyControl } from './control/strategies.js';
