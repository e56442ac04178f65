/**
 * The server that a relay or an edge stands in front of.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../../errors.js';
import { RpcCallError } from '../../../rpc/index.js';
import { SignalWatch } from '../../../rpc/internal.js';
import type { RpcGateway } from '../../../vnpy/index.js';
import type { CommandContext } from '../../kit/command.js';
import { dropGoneContracts, timeout, transport } from '../options.js';
import { clientHealth } from '../service/service.js';
import type { Service } from '../service/service.js';
import type { GatewayUse } from './connection.js';
import { tapTransport } from './tap.js';

/** Pause after a first snapshot that failed, in ms. */
const RETRY_PAUSE = 3000;

/** How a gateway is made and connected. */
export interface UpstreamWay {
  readonly make: (use: GatewayUse) => Promise<RpcGateway>;
  readonly connect: (gateway: RpcGateway) => Promise<void>;
}

/** A gateway with its first snapshot. Waits for the server as long as it takes. @returns undefined when told to end. */
export async function connectUpstream(
  context: CommandContext,
  service: Service,
  way: UpstreamWay,
): Promise<RpcGateway | undefined> {
  const { settings, signal } = context;
  const { logger, metrics, alerts } = service;
  // One tap for all attempts: its metrics are registered once.
  const chosen = settings.get(transport);
  const tapped = metrics === undefined ? chosen : tapTransport(chosen, metrics.callTap('client'));
  const limit = settings.get(timeout);
  const signals = new SignalWatch();
  while (true) {
    const gateway = await way.make({
      logger,
      transport: tapped,
      receiver: 'inline', // It computes nothing.
      ...(settings.has(dropGoneContracts) ? { dropGoneContracts: settings.get(dropGoneContracts) } : {}),
      timeouts: { connect: Infinity, snapshot: limit, request: limit },
    });
    service.report({ ready: () => clientHealth(gateway.status()) });
    logComparisons(gateway, service);
    alerts?.follow(gateway);
    const stopWatching = signals.watch(signal, () => void gateway.close());
    try {
      await way.connect(gateway);
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

function logComparisons(gateway: RpcGateway, { logger }: Service): void {
  gateway.on('resynced', ({ reason, restarted, missed }) => {
    const count = Object.values(missed).reduce((sum, items) => sum + items.length, 0);
    logger.info(`resynced (${restarted ? 'the server was restarted' : reason}): ${count} changes had been missed`);
  });
}
