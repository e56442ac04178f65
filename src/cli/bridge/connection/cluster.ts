/**
 * A cluster from the settings: where it is, and who this program is there.
 *
 * @module
 */
import type { ClusterGatewayOptions, ClusterTransport, NatsTlsOptions } from '../../../cluster/index.js';
import type { AccountEdgeOptions } from '../../../cluster/internal.js';
import type { Logger, Transport } from '../../../rpc/index.js';
import type { RpcGateway } from '../../../vnpy/index.js';
import type { CommandContext } from '../../kit/command.js';
import { CliError } from '../../kit/errors.js';
import type { Said } from '../../kit/errors.js';
import type { Settings } from '../../kit/settings.js';
import * as of from '../cluster-options.js';
import type { ClusterView } from '../service/metrics.js';
import { warnOn } from './security.js';
import { principal, timeout } from '../options.js';

/** Where the servers are, and what this program shows them. */
export interface ClusterAccess {
  readonly servers: readonly string[];
  readonly natsKeyFile?: string;
  readonly tls?: NatsTlsOptions;
}

/** Who a program is that does not say so: whoever has no key, at a server that asks for none. */
const NOBODY_ELSE = 'local';

/** NATS forgets messages by whole seconds, in ms. */
const LEAST_TTL = 1000;

/** The part of the lease's lifetime in which its holder acts. */
const ACTS = 0.8;

/** Whether the settings name a cluster, in the place of a vnpy server. */
export function isCluster(settings: Settings): boolean {
  if (!settings.has(of.nats)) return false;
  if (settings.get(of.nats).length > 0) return true;
  const stray = [of.cluster, of.account].find((option) => settings.has(option) && settings.origin(option) === 'flag');
  if (stray !== undefined) throw new CliError('USAGE', (texts) => texts.needsCluster(`--${stray.name}`));
  return false;
}

/** @throws {@link CliError} without it. */
export function clusterName(settings: Settings): string {
  const name = settings.get(of.cluster);
  if (name === undefined) throw new CliError('USAGE', ({ sayCluster }) => sayCluster);
  return name;
}

/** @throws {@link CliError} without it. */
export function accountName(settings: Settings): string {
  const name = settings.get(of.account);
  if (name === undefined) throw new CliError('USAGE', ({ sayAccountOfCluster }) => sayAccountOfCluster);
  return name;
}

/** Where the servers are, and what this program shows them. */
export function clusterAccess(settings: Settings): ClusterAccess {
  const servers = settings.get(of.nats);
  if (servers.length === 0) throw new CliError('USAGE', ({ sayNats }) => sayNats);
  const natsKeyFile = settings.get(of.natsKeyFile);
  const [ca, cert, key] = [settings.get(of.natsTlsCa), settings.get(of.natsTlsCert), settings.get(of.natsTlsKey)];
  if ((cert === undefined) !== (key === undefined))
    throw new CliError('USAGE', (texts) => texts.bothOrNone('--nats-tls-cert', '--nats-tls-key'));
  const hasTls = ca !== undefined || cert !== undefined;
  const tls = {
    ...(ca === undefined ? {} : { caFile: ca }),
    ...(cert === undefined || key === undefined ? {} : { certFile: cert, keyFile: key }),
  };
  return {
    servers,
    ...(natsKeyFile === undefined ? {} : { natsKeyFile }),
    ...(hasTls ? { tls } : {}),
  };
}

/** Who this program is. */
export function principalName(settings: Settings): string {
  return settings.get(principal) ?? NOBODY_ELSE;
}

/** What stands for the addresses of a vnpy server. */
export function clusterAddress(settings: Settings): string {
  return `nats://${clusterName(settings)}/${accountName(settings)}`;
}

/** Who this program is, which account it means, and in which time it takes an edge for gone. */
export function clusterPlace(settings: Settings): ClusterAccess & ClusterPlaceOfClient {
  return {
    ...clusterAccess(settings),
    cluster: clusterName(settings),
    account: accountName(settings),
    principal: principalName(settings),
    beatTimeout: settings.get(of.beatTimeout),
    renewInterval: settings.get(of.renewInterval),
  };
}

/** The times of an edge, and how many servers keep what. */
export type EdgeTerms = Required<
  Pick<AccountEdgeOptions, 'beatInterval' | 'clientTimeout' | 'lastTickReplicas' | 'lease' | 'replicas'>
>;

/** @throws {@link CliError} for times with which a holder could not renew its lease. */
export function edgeTerms(settings: Settings): EdgeTerms {
  const [ttl, renew] = [settings.get(of.leaseTtl), settings.get(of.leaseRenew)];
  const [grace, timeout] = [settings.get(of.leaseGrace), settings.get(of.leaseTimeout)];
  if (ttl < LEAST_TTL) throw new CliError('USAGE', (texts) => texts.shortTtl(LEAST_TTL / 1000));
  if (renew + timeout >= ttl * ACTS) throw new CliError('USAGE', (texts) => texts.slowRenewal(ttl * ACTS));

  return {
    beatInterval: settings.get(of.beatInterval),
    clientTimeout: settings.get(of.clientTimeout),
    lastTickReplicas: settings.get(of.lastTickReplicas),
    lease: { ttl, renew, grace, timeout },
    replicas: settings.get(of.natsReplicas),
  };
}

type ClusterPlaceOfClient = Pick<
  ClusterGatewayOptions,
  'cluster' | 'account' | 'principal' | 'beatTimeout' | 'renewInterval'
>;

type Warn = (said: Said) => Promise<void>;

/** The way of a client to the account. It hears all ticks of it: who looks or records does not choose. */
export async function clusterClient(settings: Settings, warn: Warn): Promise<Transport> {
  const { clusterClientTransport } = await import('../../../cluster/internal.js');
  return clusterClientTransport({ ...clusterPlace(settings), ticks: 'all', logger: warningLogger(warn) });
}

/** A gateway to the account. */
export async function clusterGateway(
  settings: Settings,
  use: Omit<ClusterGatewayOptions, keyof ClusterPlaceOfClient | keyof ClusterAccess>,
  warn: Warn,
): Promise<RpcGateway> {
  const { ClusterGateway } = await import('../../../cluster/index.js');
  return new ClusterGateway({ ...clusterPlace(settings), logger: warningLogger(warn), ...use });
}

/** What a gateway to an account has missed; undefined for one to a vnpy server. */
export function clusterView(gateway: RpcGateway | (RpcGateway & ClusterView)): ClusterView | undefined {
  return 'eventCounts' in gateway ? gateway : undefined;
}

/** Connects to the messaging system, works, and lets go of it. */
export async function withCluster<T>(
  context: CommandContext,
  work: (transport: ClusterTransport) => Promise<T>,
): Promise<T> {
  const { settings } = context;
  const transport = await openCluster(settings, principalName(settings), warningLogger(warnOn(context)));
  try {
    return await work(transport);
  } finally {
    await transport.close();
  }
}

/** @throws ClusterTransportError where no server answers in time. */
export async function openCluster(settings: Settings, user: string, logger: Logger): Promise<ClusterTransport> {
  const { NatsTransport } = await import('../../../cluster/index.js');
  const { streamPlans, Subjects } = await import('../../../cluster/internal.js');
  return NatsTransport.connect({
    ...clusterAccess(settings),
    principal: user,
    streams: Object.values(streamPlans(new Subjects(clusterName(settings)))),
    logger,
    connectTimeout: settings.get(timeout),
  });
}

/** Tells what is wrong, and nothing else. */
function warningLogger(warn: Warn): Logger {
  const tell = (line: string): void => {
    // Where standard error is closed there is nobody to tell.
    warn((texts) => texts.said(line)).catch(() => undefined);
  };
  return { debug: () => undefined, info: () => undefined, warn: tell, error: tell };
}
