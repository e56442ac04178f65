/**
 * The work of `vnpy-bridge relay`.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../../errors.js';
import { RpcCallError } from '../../../rpc/index.js';
import { SignalWatch } from '../../../rpc/internal.js';
import { RpcGateway, RpcService } from '../../../vnpy/index.js';
import type { TradingGateway } from '../../../vnpy/index.js';
import type { CommandContext } from '../../kit/command.js';
import { gatewayOptions } from '../connection/connection.js';
import { typeFamily } from '../events/see.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { clientHealth, ended, withService } from '../service/service.js';
import type { Service } from '../service/service.js';
import { guardedBy, guardHealth, openGuard } from '../connection/guarding.js';
import { announce, publishAddresses, serverOptions } from '../connection/serving.js';
import { tapTransport } from '../connection/tap.js';
import { warnOfWalkAround } from '../connection/walk-around.js';
import {
  dropGoneContracts,
  guardLook,
  request,
  serveRequest,
  serveSubscribe,
  serveSubscribePair,
  subscribe,
  timeout,
  transport,
} from '../options.js';

/** Pause after a first snapshot that failed, in ms. */
const RETRY_PAUSE = 3000;

/** Relays until told to end. */
export async function relayServer(context: CommandContext): Promise<ExitCode> {
  return withService(context, 'relay', async (service) => {
    const { settings, signal } = context;
    // Before the server is waited for: a wrong key or list is known at once.
    const options = await serverOptions(context, service);
    await using guard = await openGuard(context, service);
    const gateway = await connectUpstream(context, service);
    if (gateway === undefined) return EXIT.ok;
    await using upstream = gateway;
    await using rpc = new RpcService(upstream, { ...options, ...guardedBy(guard) });
    await rpc.start(
      settings.get(serveRequest),
      publishAddresses(settings.get(serveSubscribe), settings.get(serveSubscribePair)),
    );
    if (guard !== undefined)
      await warnOfWalkAround([settings.get(request), settings.get(subscribe)], settings.get(guardLook), service.logger);
    service.metrics?.addClient(upstream.client);
    service.metrics?.addServer(rpc);
    upstream.on('event', ({ type }) => {
      service.metrics?.countEvent(typeFamily(type));
    });
    tellClients(upstream, rpc);
    service.report({ ready: () => clientHealth(upstream.status()), healthy: () => guardHealth(guard) });
    if (rpc.addresses !== undefined) await announce(context, rpc.addresses);
    await ended(signal);
    return EXIT.ok;
  });
}

/** A gateway with its first snapshot. Waits for the server as long as it takes. @returns undefined when told to end. */
async function connectUpstream(context: CommandContext, service: Service): Promise<RpcGateway | undefined> {
  const { settings, signal } = context;
  const { logger, metrics, alerts } = service;
  // One tap for all attempts: its metrics are registered once.
  const chosen = settings.get(transport);
  const tapped = metrics === undefined ? chosen : tapTransport(chosen, metrics.callTap('client'));
  const limit = settings.get(timeout);
  const signals = new SignalWatch();
  while (true) {
    const gateway = new RpcGateway({
      ...(await gatewayOptions(context)),
      logger,
      transport: tapped,
      receiver: 'inline', // It computes nothing.
      dropGoneContracts: settings.get(dropGoneContracts),
      timeouts: { connect: Infinity, snapshot: limit, request: limit },
    });
    service.report({ ready: () => clientHealth(gateway.status()) });
    logComparisons(gateway, service);
    alerts?.follow(gateway);
    const stopWatching = signals.watch(signal, () => void gateway.close());
    try {
      await gateway.connect(settings.get(request), settings.get(subscribe));
      logger.info(
        `snapshot: ${gateway.contracts.size} contracts, ${gateway.orders.size} orders, ${gateway.positions.size} positions`,
      );
      return gateway;
    } catch (error) {
      if (!signal.aborted && !(error instanceof RpcCallError)) throw error;
      if (!signal.aborted) logger.warn(`snapshot failed: ${messageOf(error)}`);
      const goOn = await delay(RETRY_PAUSE, true, { signal }).catch(() => false);
      if (!goOn) return undefined;
    } finally {
      stopWatching();
    }
  }
}

/** The relay goes on answering, and beating, while its server is away: its clients have to hear that by another way. */
function tellClients(upstream: TradingGateway, rpc: RpcService): void {
  let away = false;
  upstream.on('status', (status) => {
    if (status.state === 'disconnected' && !away) {
      away = true;
      rpc.log(`relay: not connected to the vnpy server (${status.detail}): no orders leave, and all data is of before`);
    }
  });
  upstream.on('resynced', ({ missed, vanished, restarted }) => {
    if (!away && !restarted) return;
    away = false;
    const count = Object.values(missed).reduce((sum, items) => sum + items.length, 0);
    const gone = Object.values(vanished).flat().length;
    rpc.log(`relay: connected to the vnpy server again: ${count} changes had been missed, ${gone} items are gone`);
  });
}

function logComparisons(gateway: RpcGateway, { logger }: Service): void {
  gateway.on('resynced', ({ reason, restarted, missed }) => {
    const count = Object.values(missed).reduce((sum, items) => sum + items.length, 0);
    logger.info(`resynced (${restarted ? 'the server was restarted' : reason}): ${count} changes had been missed`);
  });
}
