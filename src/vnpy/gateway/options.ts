/**
 * The options of the gateway and of its functions, described.
 *
 * @module
 */
import { option, OptionTable, without } from '../../option-table.js';
import type { RowsOf } from '../../option-table.js';
import { CONNECTION_ROWS, DEFAULT_WINDOW, optionChecks, transportOf } from '../../rpc/internal.js';
import { vnpyRegistry } from '../registry.js';
import { GatewayRename } from './rename.js';
import type {
  DataStreamOptions,
  GatewayTimeouts,
  NextOptions,
  RequestOptions,
  RpcGatewayOptions,
  TickStreamOptions,
} from './types.js';

/** The option `timeouts` of a gateway. */
export const TIMEOUTS = new OptionTable(
  optionChecks,
  'timeouts',
  {
    connect: option.duration(30_000),
    snapshot: option.duration(60_000),
    request: option.duration(30_000),
    history: option.duration(300_000),
  } satisfies RowsOf<GatewayTimeouts>,
  { prefix: 'timeouts.' },
);

const OWN_ROWS = {
  gatewayName: option.text('RPC'),
  rewriteGatewayName: option.flag(false),
  staleAfter: option.duration(),
  stallTolerance: option.duration(5000),
  compareInterval: option.duration(60_000),
  dropGoneContracts: option.flag(false),
  retryFirstSnapshot: option.flag(false),
  timeouts: option.group('`GatewayTimeouts`', TIMEOUTS),
};

const OWN_NAMES = Object.keys(OWN_ROWS) as (keyof typeof OWN_ROWS)[];

/** The options of a gateway. */
export const GATEWAY_OPTIONS = new OptionTable(optionChecks, 'the options of RpcGateway', {
  ...CONNECTION_ROWS,
  ...OWN_ROWS,
} satisfies RowsOf<RpcGatewayOptions>);

/** The options of a request. */
export const REQUEST_OPTIONS = new OptionTable(optionChecks, 'the options', {
  gatewayName: option.text(),
  // Checked at the call: sendOrder tells of it as of all that keeps an order from being sent.
  timeout: option.other<number>('ms'),
  signal: option.signal(),
  key: option.text(),
} satisfies RowsOf<RequestOptions>);

const filter = option.callback<(data: never) => boolean>();
const stale = option.flag(false);

/** The options of `events()`. */
export const STREAM_OPTIONS = new OptionTable(optionChecks, 'the options of events()', {
  signal: option.signal(),
  limit: option.count({ least: 1 }, 100_000),
  filter,
} satisfies RowsOf<DataStreamOptions<never>>);

/** The options of `events('tick')`. */
export const TICK_STREAM_OPTIONS = new OptionTable(optionChecks, 'the options of events()', {
  ...STREAM_OPTIONS.rows,
  queue: option.choice(['latest', 'all'], 'latest'),
  stale,
} satisfies RowsOf<DataStreamOptions<never> & TickStreamOptions>);

/** The options of `next()`; `stale` is for ticks. */
export const NEXT_OPTIONS = new OptionTable(optionChecks, 'the options of next()', {
  filter,
  timeout: option.duration(),
  signal: option.signal(),
  stale,
} satisfies RowsOf<NextOptions<never> & Pick<TickStreamOptions, 'stale'>>);

/** What a gateway goes by. */
export type GatewaySettings = Readonly<ReturnType<typeof resolveOptions>>;

/** @throws RpcUsageError `BAD_OPTION` if an option has no sense, or is none. */
// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- the type follows from the table
export function resolveOptions(options: RpcGatewayOptions) {
  const { gatewayName, rewriteGatewayName, timeouts, window, ...resolved } = GATEWAY_OPTIONS.resolve(options);
  const { staleAfter, stallTolerance, compareInterval, dropGoneContracts, retryFirstSnapshot } = resolved;
  return {
    gatewayName,
    staleAfter,
    stallTolerance,
    compareInterval,
    dropGoneContracts,
    retryFirstSnapshot,
    timeouts,
    /** Where data get the gateway's name. */
    rename: rewriteGatewayName ? new GatewayRename(gatewayName) : undefined,
    /** What must be of now does not wait for a history. */
    asksBeside: transportOf(resolved.transport).answersBeside === true,
    /** What another client may have on its way is not known; those of this package have so many calls by default. */
    rounds: Math.max(DEFAULT_WINDOW, window),
    client: {
      ...without(options, ...OWN_NAMES),
      registry: options.registry ?? vnpyRegistry,
      timeout: timeouts.request,
      receiver: resolved.receiver === 'auto' ? ('thread' as const) : resolved.receiver,
    },
  };
}
