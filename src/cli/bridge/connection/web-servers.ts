/**
 * The vnpy servers behind a console: one, or several as one.
 *
 * @module
 */
import { JoinedEngine } from '../../../vnpy/index.js';
import { AlgoControl, appsRegistry, CtaControl, SpreadControl } from '../../../vnpy/apps/index.js';
import type { RpcGateway, TradingEngine } from '../../../vnpy/index.js';
import type { ServerApps, StrategyApps } from '../../../web/index.js';
import type { CommandContext } from '../../kit/command.js';
import { CliError } from '../../kit/errors.js';
import * as options from '../options.js';
import type { Health } from '../service/http.js';
import { clientHealth } from '../service/service.js';
import type { Service } from '../service/service.js';
import { isCluster } from './cluster.js';
import { addressesOf, makeGateway } from './connection.js';

/** What a console stands in front of. */
export interface Behind {
  readonly engine: TradingEngine;
  /** Its strategies, where they are asked for. */
  readonly strategies?: StrategyApps;
  readonly health: () => Health;
  /** Begins: the console is there. Rejects when it can never work. */
  readonly begin: () => Promise<void>;
  readonly end: () => Promise<void>;
}

/** The server of `--request` and `--subscribe`, or those of `--server`. */
export async function webServers(context: CommandContext, service: Service): Promise<Behind> {
  const { settings } = context;
  const given = settings.get(options.webServer);
  if (given.length === 0) return await oneServer(context, service, addressesOf(settings));

  if (isCluster(settings)) throw new CliError('USAGE', (texts) => texts.both('--server', '--nats'));
  for (const option of [options.request, options.subscribe]) {
    if (settings.origin(option) !== 'default')
      throw new CliError('USAGE', (texts) => texts.serverHasBoth(`--${option.name}`));
  }
  return await severalServers(context, service, given);
}

interface Addresses {
  readonly request: string;
  readonly subscribe: string;
}

async function oneServer(context: CommandContext, service: Service, addresses: Addresses): Promise<Behind> {
  const gateway = await gatewayFor(context, service);
  service.metrics?.addClient(gateway.client);
  service.alerts?.follow(gateway);
  return {
    engine: gateway,
    ...(context.settings.get(options.webStrategies) ? { strategies: strategiesOf(gateway) } : {}),
    health: () => clientHealth(gateway.status()),
    begin: () => connect(context, service, gateway, addresses),
    end: () => gateway.close(),
  };
}

function strategiesOf({ client }: RpcGateway): ServerApps {
  return { cta: new CtaControl(client), spread: new SpreadControl(client), algo: new AlgoControl(client) };
}

async function severalServers(
  context: CommandContext,
  service: Service,
  given: readonly options.NamedServer[],
): Promise<Behind> {
  const gateways = new Map<string, RpcGateway>();
  for (const { name } of given) {
    if (gateways.has(name)) throw new CliError('USAGE', (texts) => texts.twoServers(name));
    const gateway = await gatewayFor(context, service);
    service.alerts?.follow(gateway, name);
    gateways.set(name, gateway);
  }
  const isUp = (gateway: RpcGateway): boolean => gateway.status().state === 'connected';
  service.metrics?.addServers(() => [...gateways].map(([name, gateway]) => [name, isUp(gateway)] as const));
  const engine = new JoinedEngine(Object.fromEntries(gateways));
  const apps = Object.fromEntries([...gateways].map(([name, gateway]) => [name, strategiesOf(gateway)]));
  return {
    engine,
    ...(context.settings.get(options.webStrategies) ? { strategies: { servers: apps } } : {}),
    health: () => {
      const details = [...gateways].map(([name, gateway]) => `${name}: ${clientHealth(gateway.status()).detail}`);
      return { ok: [...gateways.values()].some(isUp), detail: details.join('; ') };
    },
    begin: async () => {
      await Promise.all(
        given.map(async ({ name, ...addresses }) => {
          const gateway = gateways.get(name);
          if (gateway !== undefined) await connect(context, service, gateway, addresses, name);
        }),
      );
    },
    end: async () => {
      engine.close();
      await Promise.all([...gateways.values()].map((gateway) => gateway.close()));
    },
  };
}

async function gatewayFor(context: CommandContext, { logger }: Service): Promise<RpcGateway> {
  const limit = context.settings.get(options.timeout);
  return makeGateway(context, {
    logger,
    // The console is there before its server is, and says what is wrong meanwhile.
    retryFirstSnapshot: true,
    ...(context.settings.get(options.webStrategies) ? { registry: appsRegistry } : {}),
    timeouts: { connect: Infinity, snapshot: limit, request: limit },
  });
}

async function connect(
  { signal }: CommandContext,
  { logger }: Service,
  gateway: RpcGateway,
  { request, subscribe }: Addresses,
  name?: string,
): Promise<void> {
  try {
    await gateway.connect(request, subscribe);
    const where = name === undefined ? '' : `${name}: `;
    logger.info(`${where}snapshot: ${gateway.contracts.size} contracts, ${gateway.orders.size} orders`);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
