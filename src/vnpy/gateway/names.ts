/**
 * The names of the gateway's events, for those who misspell one in JavaScript.
 *
 * @module
 */
import type { Names } from '../../options.js';
import { DATA_KINDS, eachKind } from '../kinds.js';
import type { GatewayEvents } from './types.js';

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
