/**
 * The gateway's own options, checked.
 *
 * @module
 */
import { checkOptions, duration, flag, DEFAULT_WINDOW } from '../../rpc/internal.js';
import { RpcUsageError } from '../../rpc/index.js';
import type { RpcClientOptions } from '../../rpc/index.js';
import { describe } from '../data/describe.js';
import { vnpyRegistry } from '../registry.js';
import { OPTION_NAMES, TIMEOUT_NAMES } from './names.js';
import { GatewayRename } from './rename.js';
import type { GatewayTimeouts, RpcGatewayOptions } from './types.js';

const DEFAULT_TIMEOUTS: Required<GatewayTimeouts> = {
  connect: 30_000,
  snapshot: 60_000,
  request: 30_000,
  history: 300_000,
};

/** What a gateway goes by. */
export interface GatewaySettings {
  readonly gatewayName: string;
  /** Where data get the gateway's name. */
  readonly rename: GatewayRename | undefined;
  /** In ms; undefined where nothing is watched. */
  readonly staleAfter: number | undefined;
  readonly stallTolerance: number | undefined;
  readonly compareInterval: number | undefined;
  readonly dropGoneContracts: boolean;
  readonly timeouts: Required<GatewayTimeouts>;
  /** What another client may have on its way is not known; those of this package have so many calls by default. */
  readonly rounds: number;
  readonly client: RpcClientOptions;
}

/** @throws RpcUsageError `BAD_OPTION` if an option has no sense, or is none. */
export function resolveOptions(options: RpcGatewayOptions): GatewaySettings {
  const {
    gatewayName = 'RPC',
    rewriteGatewayName = false,
    staleAfter,
    stallTolerance,
    compareInterval,
    dropGoneContracts = false,
    timeouts: given,
    ...client
  } = checkOptions('the options of RpcGateway', options, OPTION_NAMES);
  const timeouts = resolveTimeouts(given);
  return {
    gatewayName: checkName(gatewayName),
    rename: flag('rewriteGatewayName', rewriteGatewayName) ? new GatewayRename(gatewayName) : undefined,
    staleAfter: staleAfter === undefined ? undefined : duration('staleAfter', staleAfter),
    stallTolerance,
    compareInterval,
    dropGoneContracts: flag('dropGoneContracts', dropGoneContracts),
    timeouts,
    rounds: Math.max(DEFAULT_WINDOW, client.window ?? 0),
    client: { ...client, registry: client.registry ?? vnpyRegistry, timeout: timeouts.request },
  };
}

/** @throws RpcUsageError for what is no time. */
function resolveTimeouts(given: GatewayTimeouts = {}): Required<GatewayTimeouts> {
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
function checkName(name: unknown): string {
  if (typeof name === 'string') return name;
  throw new RpcUsageError('BAD_OPTION', `gatewayName must be a text, not ${describe(name)}`);
}
