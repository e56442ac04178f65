/**
 * The names of the gateway's options, events and kinds of data, for those who misspell one in JavaScript.
 *
 * @module
 */
import type { Names } from '../../options.js';
import { CONNECTION_OPTIONS } from '../../rpc/internal.js';
import { DATA_KINDS, eachKind } from '../kinds.js';
import type {
  DataStreamOptions,
  GatewayEvents,
  GatewayTimeouts,
  NextOptions,
  RequestOptions,
  RpcGatewayOptions,
  TickStreamOptions,
} from './types.js';

/** All of {@link RpcGatewayOptions}. */
export const OPTION_NAMES: Names<RpcGatewayOptions> = {
  ...CONNECTION_OPTIONS.rows,
  gatewayName: true,
  rewriteGatewayName: true,
  staleAfter: true,
  stallTolerance: true,
  compareInterval: true,
  dropGoneContracts: true,
  timeouts: true,
};

/** All of {@link GatewayEvents}. */
export const EVENT_NAMES: Names<GatewayEvents> = {
  ...eachKind(DATA_KINDS, (): true => true),
  event: true,
  sent: true,
  status: true,
  stale: true,
  fresh: true,
  progress: true,
  resynced: true,
  overflow: true,
  error: true,
};

/** All of {@link DataStreamOptions}. */
export const STREAM_OPTION_NAMES: Names<DataStreamOptions<unknown>> = { signal: true, limit: true, filter: true };

/** All of {@link TickStreamOptions}. */
export const TICK_STREAM_OPTION_NAMES: Names<TickStreamOptions> = { queue: true, stale: true };

/** All of {@link NextOptions}. */
export const NEXT_OPTION_NAMES: Names<NextOptions<unknown> & Pick<TickStreamOptions, 'stale'>> = {
  filter: true,
  timeout: true,
  signal: true,
  stale: true,
};

/** All of {@link RequestOptions}. */
export const REQUEST_OPTION_NAMES: Names<RequestOptions> = { gatewayName: true, timeout: true, signal: true };

/** All of {@link GatewayTimeouts}. */
export const TIMEOUT_NAMES: Names<GatewayTimeouts> = { connect: true, snapshot: true, request: true, history: true };
