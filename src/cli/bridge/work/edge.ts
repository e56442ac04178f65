/**
 * The work of `vnpy-bridge edge`.
 *
 * @module
 */
import type { EdgeStatus } from '../../../cluster/index.js';
import type { AccountEdge } from '../../../cluster/internal.js';
import type { TradingEngine } from '../../../vnpy/index.js';
import type { CommandContext } from '../../kit/command.js';
import { textsOf } from '../../lang/texts.js';
import { CliError } from '../../kit/errors.js';
import * as of from '../cluster-options.js';
import { accountName, clusterAccess, clusterName, edgeTerms } from '../connection/cluster.js';
import { vnpyGateway } from '../connection/connection.js';
import { guardedBy, guardHealth, openGuard } from '../connection/guarding.js';
import { connectUpstream } from '../connection/upstream.js';
import { typeFamily } from '../events/see.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { json, rate, request, simulate, subscribe } from '../options.js';
import type { Health } from '../service/http.js';
import { simulatedEngine } from '../simulation/simulated-engine.js';
import { publishLogOf } from '../service/nats-log.js';
import { clientHealth, ended, withService } from '../service/service.js';
import type { Service } from '../service/service.js';

/** What the edge stands beside. */
interface Behind extends AsyncDisposable {
  readonly engine: TradingEngine;
  readonly health: () => Health;
}

/** Puts a vnpy server on NATS, until told to end. */
export async function serveEdge(context: CommandContext): Promise<ExitCode> {
  const { settings } = context;
  const name = settings.get(of.edge);
  if (name === undefined) throw new CliError('USAGE', ({ sayEdge }) => sayEdge);
  // Before anything is waited for: what is missing is told at once.
  const place = {
    ...clusterAccess(settings),
    cluster: clusterName(settings),
    account: accountName(settings),
    edge: name,
    ...edgeTerms(settings),
  };
  return withService(context, 'edge', async (service) => {
    await using guard = await openGuard(context, service);
    const behind = settings.get(simulate) ? await simulation(context) : await vnpyServer(context, service);
    if (behind === undefined) return EXIT.ok;
    await using stood = behind;
    const { AccountEdge, EDGE_STATES } = await import('../../../cluster/internal.js');
    const edge = await AccountEdge.open(stood.engine, {
      ...place,
      ...guardedBy(guard),
      logger: service.logger,
      state: settings.get(of.state) ?? `edge-${name}.state`,
      ...(settings.get(of.noJournal) ? { journal: 'none' as const } : {}),
    });
    if (service.natsLog !== undefined) publishLogOf(stood.engine, service.natsLog);
    stood.engine.on('event', ({ type }) => {
      service.metrics?.countEvent(typeFamily(type));
    });
    service.metrics?.addEdge(() => edge.status(), EDGE_STATES);
    service.report({ ready: () => edgeHealth(edge.status(), stood.health()), healthy: () => guardHealth(guard) });
    try {
      await edge.start();
      await announce(context, edge);
      await ended(context.signal);
    } finally {
      await edge.stop();
    }
    return EXIT.ok;
  });
}

async function simulation(context: CommandContext): Promise<Behind> {
  const { settings } = context;
  const engine = await simulatedEngine(context);
  engine.start(settings.get(rate));
  return {
    engine,
    health: () => ({ ok: true, detail: 'simulating' }),
    [Symbol.asyncDispose]: () => {
      engine.stop();
      return Promise.resolve();
    },
  };
}

/** @returns undefined when told to end meanwhile. */
async function vnpyServer(context: CommandContext, service: Service): Promise<Behind | undefined> {
  const { settings } = context;
  const gateway = await connectUpstream(context, service, {
    make: (use) => vnpyGateway(context, use),
    connect: (each) => each.connect(settings.get(request), settings.get(subscribe)),
  });
  if (gateway === undefined) return undefined;
  service.metrics?.addClient(gateway.client);
  service.alerts?.follow(gateway);
  return {
    engine: gateway,
    health: () => clientHealth(gateway.status()),
    [Symbol.asyncDispose]: () => gateway.close(),
  };
}

/** A passive edge is ready as well: it is there to take over. */
function edgeHealth(status: EdgeStatus | undefined, behind: Health): Health {
  if (status === undefined) return { ok: false, detail: 'starting' };
  if (!status.isConnected) return { ok: false, detail: 'not connected to NATS' };
  if (!behind.ok) return behind;
  return { ok: status.state !== 'halted', detail: `${status.state}: ${status.reason}` };
}

async function announce({ settings, io, language }: CommandContext, edge: AccountEdge): Promise<void> {
  const status = edge.status();
  if (status === undefined) return;
  const { edge: name, account, state } = status;
  const texts = await textsOf('cluster', language);
  await io.stdout.write(
    settings.get(json)
      ? `${JSON.stringify({ ready: true, edge: name, account, state })}\n`
      : `${texts.ready(name, account, texts.state(state))}\n`,
  );
}
