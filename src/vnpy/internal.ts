/**
 * What the house shares of this folder beyond what is public.
 *
 * @module
 */
export { checkClientVersion } from './client-filter.js';
export { VNPY_FUNCTIONS } from './functions.js';
export { ruleOf } from './guard-refusal.js';
export type { RuleRefusal } from './guard-refusal.js';
export { cancelOf, isMarker, newMarker } from './gateway/order-search/marker.js';
export { KEY_HEADER, TRACE_HEADER } from './engine.js';
export { GATEWAY_OPTIONS, REQUEST_OPTIONS } from './gateway/options.js';
export { SERVICE_OPTIONS } from './service.js';
export { optionsOf } from './gateway/targets.js';
export { classify, eventTypes, keyOf } from './kinds.js';
export type { KindedData, StateItem, StateKind } from './kinds.js';
export { checkFees } from './simulation/fees.js';
export { checkHolidays } from './simulation/holidays.js';
export { newSession } from './simulation/options.js';
