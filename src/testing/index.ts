/**
 * For tests without Python and without a port: a transport inside one process, and an engine that simulates a market. Both are
 * also where they belong, in `vnpy-bridge/rpc` and `vnpy-bridge/vnpy`. A transport of one's own has to pass the tests of this
 * entry.
 *
 * @module
 */
export { MemoryTransport } from '../rpc/index.js';
export { SimulatedEngine } from '../vnpy/index.js';
export type { FeeRate, SimulatedEngineOptions, SimulationLanguage } from '../vnpy/index.js';
export { ContractError } from './contract.js';
export type { ContractTest } from './contract.js';
export { transportContract } from './transport-contract.js';
export type { TransportUnderTest } from './transport-stage.js';
export { engineContract } from './engine-contract.js';
export type { EngineUnderTest } from './engine-contract.js';
export { gatewayContract } from './gateway-contract.js';
export type { GatewayUnderTest } from './gateway-contract.js';
