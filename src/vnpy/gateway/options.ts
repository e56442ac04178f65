/**
 * The gateway's own options, checked.
 *
 * @module
 */
import { checkOptions, duration } from '../../rpc/checks.js';
import { RpcUsageError } from '../../rpc/index.js';
import { describe } from '../data/describe.js';
import { TIMEOUT_NAMES } from './names.js';
import type { GatewayTimeouts } from './types.js';

const DEFAULT_TIMEOUTS: Required<GatewayTimeouts> = {
  connect: 30_000,
  snapshot: 60_000,
  request: 30_000,
  history: 300_000,
};

/** @throws RpcUsageError for what is no time. */
export function resolveTimeouts(given: GatewayTimeouts = {}): Required<GatewayTimeouts> {
  checkOptions('timeouts', given, TIMEOUT_NAMES);
  const resolve = (name: keyof GatewayTimeouts): number =>
    duration(`timeouts.${name}`, given[name] ?? DEFAULT_TIMEOUTS[name]);
  return {
    connect: resolve('connect'),
    snapshot: resolve('snapshot'),
    request: resolve('request'),
    history: resolve('history'),
  };
}

/** @throws RpcUsageError unless it is a text. */
export function checkName(name: unknown): string {
  if (typeof name === 'string') return name;
  throw new RpcUsageError('BAD_OPTION', `gatewayName must be a text, not ${describe(name)}`);
}
