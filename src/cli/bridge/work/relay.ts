/**
 * The work of `vnpy-bridge relay`.
 *
 * @module
 */
import type { RpcService, TradingGateway } from '../../../vnpy/index.js';
import type { CommandContext } from '../../kit/command.js';
import type { ServiceTexts } from '../../lang/en/services.js';
import { textsOf } from '../../lang/texts.js';
import { connectGateway, makeGateway } from '../connection/connection.js';
import { typeFamily } from '../events/see.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { clientHealth, ended, withService } from '../service/service.js';
import { SpokenService } from '../service/spoken-service.js';
import { guardedBy, guardHealth, openGuard } from '../connection/guarding.js';
import { announce, publishAddresses, serverOptions } from '../connection/serving.js';
import { connectUpstream } from '../connection/upstream.js';
import { clusterView, isCluster } from '../connection/cluster.js';
import { warnOfWalkAround } from '../connection/walk-around.js';
import {
  guardLook,
  request,
  servePlainClasses,
  serveRequest,
  serveSubscribe,
  serveSubscribePair,
  subscribe,
} from '../options.js';

/** Relays until told to end. */
export async function relayServer(context: CommandContext): Promise<ExitCode> {
  return withService(context, 'relay', async (service) => {
    const { settings, signal } = context;
    // Before the server is waited for: a wrong key or list is known at once.
    const options = await serverOptions(context, service);
    await using guard = await openGuard(context, service);
    const gateway = await connectUpstream(context, service, {
      make: (use) => makeGateway(context, use),
      connect: (each) => connectGateway(each, settings),
    });
    if (gateway === undefined) return EXIT.ok;
    await using upstream = gateway;
    const texts = await textsOf('services', context.language);
    const plainClasses = settings.get(servePlainClasses);
    await using rpc = new SpokenService(upstream, { ...options, ...guardedBy(guard), plainClasses }, texts.said);
    await rpc.start(
      settings.get(serveRequest),
      publishAddresses(settings.get(serveSubscribe), settings.get(serveSubscribePair)),
    );
    if (guard !== undefined && !isCluster(settings))
      await warnOfWalkAround([settings.get(request), settings.get(subscribe)], settings.get(guardLook), service.logger);
    service.metrics?.addClient(upstream.client);
    const missed = clusterView(upstream);
    if (missed !== undefined) service.metrics?.addCluster(missed);
    service.metrics?.addServer(rpc);
    upstream.on('event', ({ type }) => {
      service.metrics?.countEvent(typeFamily(type));
    });
    tellClients(upstream, rpc, texts);
    service.report({ ready: () => clientHealth(upstream.status()), healthy: () => guardHealth(guard) });
    if (rpc.addresses !== undefined) await announce(context, rpc.addresses);
    await ended(signal);
    return EXIT.ok;
  });
}

/** The relay goes on answering, and beating, while its server is away: its clients have to hear that by another way. */
function tellClients(upstream: TradingGateway, rpc: RpcService, texts: ServiceTexts): void {
  let away = false;
  upstream.on('status', (status) => {
    if (status.state === 'disconnected' && !away) {
      away = true;
      rpc.log(texts.relayCutOff(status.detail));
    }
  });
  upstream.on('resynced', ({ missed, vanished, restarted }) => {
    if (!away && !restarted) return;
    away = false;
    const count = Object.values(missed).reduce((sum, items) => sum + items.length, 0);
    const gone = Object.values(vanished).flat().length;
    rpc.log(texts.relayBack(count, gone));
  });
}
