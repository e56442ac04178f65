/**
 * What a strategy asks of the server: each request with its target and its options.
 *
 * @module
 */
import type { Emitter } from '../../rpc/internal.js';
import { RpcUsageError } from '../../rpc/index.js';
import type { RpcClient } from '../../rpc/index.js';
import type { BarData } from '../data/index.js';
import { CancelRequest, HistoryRequest, OrderData, OrderRequest, SubscribeRequest, TickData } from '../data/index.js';
import { verify } from '../data/verify.js';
import type { OrderTerms } from '../engine.js';
import type { Intake } from './intake.js';
import type { LossWatch } from './loss-watch.js';
import { sendOrder } from './orders.js';
import type { Phase } from './phase.js';
import type { RemoteEngine } from './remote-engine.js';
import type { GatewayRename } from './rename.js';
import type { StaleWatch } from './stale-watch.js';
import type { Synchroniser } from './sync.js';
import { Targets, optionsOf } from './targets.js';
import type { GatewayEvents, RequestOptions } from './types.js';

/** Whom requests concern. */
export interface RequestParts {
  readonly gatewayName: string;
  readonly phase: Phase;
  readonly client: RpcClient;
  readonly remote: RemoteEngine;
  readonly intake: Intake;
  readonly sync: Synchroniser;
  readonly losses: LossWatch;
  readonly rename: GatewayRename | undefined;
  readonly stale: StaleWatch | undefined;
  readonly emitter: Emitter<GatewayEvents>;
}

/** A request's target: the name of the server's gateway, or options. */
export type Target = string | RequestOptions;

/** Two orders with one key would be two orders here. */
function keyWithoutJournal(): RpcUsageError {
  return new RpcUsageError(
    'BAD_OPTION',
    'sendOrder: an RpcGateway keeps no journal, so that two orders with one key would be two orders: leave the option key out, ' +
      'or use a ClusterGateway of vnpy-bridge/cluster',
  );
}

/** Resolves and makes requests. For what each does, see RpcGateway. */
export class Requests {
  readonly #parts: RequestParts;
  readonly #targets: Targets;

  constructor(parts: RequestParts) {
    this.#parts = parts;
    this.#targets = new Targets(parts.intake.maps.contract, parts.rename, parts.gatewayName);
  }

  async subscribe(request: SubscribeRequest | string, target: Target): Promise<void> {
    const { intake, sync, remote, stale, phase } = this.#parts;
    phase.requireOpen();
    const options = optionsOf(target);
    const typed = typeof request === 'string' ? this.#targets.subscribeRequest(request) : request;
    verify('subscribe', SubscribeRequest, typed, ': give it that, or a vt_symbol such as "rb2705.SHFE"');
    const { vt_symbol: vtSymbol } = typed;
    const subscription = { request: typed, gatewayName: this.#targets.gatewayFor(vtSymbol, options) };
    const undo = intake.liveTicks.subscribing(vtSymbol);
    try {
      await remote.subscribe(subscription, options);
    } catch (error) {
      undo();
      throw error;
    }
    sync.subscribed(subscription);
    stale?.watch(vtSymbol);
    await this.#askForTick(vtSymbol, options);
  }

  async sendOrder(request: OrderRequest, target: Target, terms: OrderTerms | undefined): Promise<string> {
    const { phase, client, remote, intake, losses, rename, emitter } = this.#parts;
    phase.requireOpen();
    verify('sendOrder', OrderRequest, request);
    const options = optionsOf(target);
    if (options.key !== undefined) throw keyWithoutJournal();
    const gatewayName = this.#targets.gatewayFor(request.vt_symbol, options);
    const sending = intake.lives.sending();
    const answered = losses.comparisons.orderCall();
    let sent = '';
    try {
      const reply = await sendOrder(request, {
        client,
        logs: intake.logs,
        gatewayName,
        options: remote.terms(options),
        terms,
        sending: (reference) => {
          sent = reference;
          return intake.references.sending(reference, request.vt_symbol, terms?.key);
        },
      });
      const vtOrderid = rename?.id(reply, gatewayName) ?? reply;
      rename?.taken(vtOrderid, gatewayName);
      const { symbol, exchange, direction, price, volume } = request;
      sending.answered(vtOrderid, { symbol, exchange, direction, price, volume, reference: sent });
      intake.references.sent(sent, vtOrderid);
      emitter.emit('sent', request, vtOrderid);
      losses.suspicions.sent(vtOrderid, gatewayName);
      return vtOrderid;
    } finally {
      answered();
      sending.end();
    }
  }

  async cancelOrder(order: CancelRequest | OrderData, target: Target): Promise<void> {
    this.#parts.phase.requireOpen();
    const options = optionsOf(target);
    const request = order instanceof OrderData ? order.createCancelRequest() : order;
    const hint = ': give it that, or an OrderData, which gateway.orders.get(vt_orderid) has';
    verify('cancelOrder', CancelRequest, request, hint);
    const gatewayName = this.#targets.gatewayOfOrder(order, options);
    const answered = this.#parts.losses.comparisons.orderCall();
    try {
      await this.#parts.remote.cancel(request, gatewayName, options);
    } finally {
      answered();
    }
  }

  async queryHistory(request: HistoryRequest, target: Target): Promise<BarData[]> {
    this.#parts.phase.requireOpen();
    verify('queryHistory', HistoryRequest, request);
    const options = optionsOf(target);
    const gatewayName = this.#targets.gatewayFor(request.vt_symbol, options);
    const bars = await this.#parts.remote.history(request, gatewayName, options);
    for (const data of bars) this.#parts.intake.answer({ kind: 'bar', data });
    return bars;
  }

  /** In a quiet market no tick comes, and the server's last one is better than none. */
  async #askForTick(vtSymbol: string, options: RequestOptions): Promise<void> {
    const { intake, remote, phase } = this.#parts;
    if (intake.liveTicks.hasCome(vtSymbol)) return;
    try {
      const tick = await remote.tick(vtSymbol, options);
      if (tick instanceof TickData && phase.isOpen) intake.staleTick(tick);
    } catch {
      // It is subscribed all the same: a server may not have the function, and not know a tick either.
    }
  }
}
