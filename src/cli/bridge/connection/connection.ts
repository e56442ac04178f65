/**
 * A client made from the settings.
 *
 * @module
 */
import { without } from '../../../option-table.js';
import { RpcClient } from '../../../rpc/index.js';
import type { ClientStatus, RpcClientOptions } from '../../../rpc/index.js';
import type { RpcGatewayOptions } from '../../../vnpy/index.js';
import { RpcGateway, vnpyRegistry } from '../../../vnpy/index.js';
import type { CommandContext } from '../../kit/command.js';
import type { Settings } from '../../kit/settings.js';
import { endAfter } from './end-after.js';
import { CliError } from '../../kit/errors.js';
import type { Said } from '../../kit/errors.js';
import { clientSecurity, warnOn } from './security.js';
import { request, subscribe, timeout, transport } from '../options.js';
import { clusterAddress, clusterClient, clusterGateway, isCluster } from './cluster.js';

type Warn = (said: Said | string) => Promise<void>;

/**
 * What the settings say about a client.
 * @param warn - Told of settings that are not safe. Default: standard error.
 */
export async function clientOptions(context: CommandContext, warn?: Warn): Promise<RpcClientOptions> {
  return { ...(await gatewayOptions(context, warn)), timeout: context.settings.get(timeout) };
}

/**
 * What the settings say about the client in a gateway, which has timeouts of its own.
 * @param warn - Told of settings that are not safe. Default: standard error.
 */
export async function gatewayOptions(
  context: CommandContext,
  warn: Warn = warnOn(context),
): Promise<Omit<RpcClientOptions, 'timeout'>> {
  const { settings } = context;
  if (isCluster(settings)) return { registry: vnpyRegistry, transport: await clusterClient(settings, warn) };
  return socketOptions(context, warn);
}

async function socketOptions(
  context: CommandContext,
  warn: Warn = warnOn(context),
): Promise<Omit<RpcClientOptions, 'timeout'>> {
  const { settings } = context;
  const security = await clientSecurity(settings, warn);
  const chosen = settings.get(transport);
  return { registry: vnpyRegistry, transport: chosen, ...(security === undefined ? {} : { security }) };
}

/** What a short-lived client is for. */
export interface ClientUse {
  /** Connect to the publish address too. */
  readonly events?: boolean;
  readonly options?: RpcClientOptions;
}

/**
 * Connects, works, and lets go of the connection.
 * @throws {@link CliError} `UNREACHABLE` as soon as the first attempt to connect has failed: a person waits.
 */
export async function withClient<T>(
  context: CommandContext,
  work: (client: RpcClient) => Promise<T>,
  { events = false, options = {} }: ClientUse = {},
): Promise<T> {
  const { settings } = context;
  const client = new RpcClient({ ...(await clientOptions(context)), ...options });
  // The error of the command tells it. Without a listener the process would be warned as well.
  client.on('error', () => undefined);
  try {
    const { request: to, subscribe: from } = addressesOf(settings);
    await client.start(to, events ? from : undefined);
    await connected(client, context);
    return await work(client);
  } finally {
    await client.stop();
  }
}

/** Within the timeout: a server that hangs accepts the connection and never says a word. */
async function connected(client: RpcClient, { settings, signal }: CommandContext): Promise<void> {
  const limit = settings.get(timeout);
  using ending = endAfter(signal, limit);
  for await (const status of client.statuses({ signal: ending.signal })) {
    if (status.state === 'connected') return;
    if (status.state === 'disconnected') throw unreachable(status, settings);
  }
  signal.throwIfAborted();
  throw new CliError(
    'UNREACHABLE',
    isCluster(settings)
      ? (texts) => texts.noHolder(limit / 1000, looksCloser(settings))
      : (texts) => texts.noConnection(limit / 1000, looksCloser(settings)),
  );
}

/** The error for a server that cannot be reached. */
export function unreachable(
  { detail, reason }: Extract<ClientStatus, { state: 'disconnected' }>,
  settings: Settings,
): CliError {
  return new CliError('UNREACHABLE', (texts) => texts.unreachable(reason, detail, looksCloser(settings)));
}

/** The program that looks closer. */
function looksCloser(settings: Settings): string {
  return `vnpy-bridge ${isCluster(settings) ? 'cluster ' : ''}doctor`;
}

/** Where the server is; in a cluster, which account is meant. */
export function addressesOf(settings: Settings): { readonly request: string; readonly subscribe: string } {
  if (!isCluster(settings)) return { request: settings.get(request), subscribe: settings.get(subscribe) };
  const address = clusterAddress(settings);
  return { request: address, subscribe: address };
}

/** Options of a gateway that the settings do not decide. */
export type GatewayUse = Omit<RpcGatewayOptions, 'registry' | 'security' | 'timeout'>;

/** A gateway to the server, or to the account of a cluster, that the settings name. */
export async function makeGateway(context: CommandContext, use: GatewayUse): Promise<RpcGateway> {
  const { settings } = context;
  if (!isCluster(settings)) return vnpyGateway(context, use);
  return clusterGateway(settings, without(use, 'transport', 'receiver'), warnOn(context));
}

/** A gateway to the vnpy server of the settings, also where they name a cluster: an edge has both. */
export async function vnpyGateway(context: CommandContext, use: GatewayUse): Promise<RpcGateway> {
  return new RpcGateway({ ...(await socketOptions(context)), ...use });
}

/** Connects it. */
export async function connectGateway(gateway: RpcGateway, settings: Settings): Promise<void> {
  const { request: to, subscribe: from } = addressesOf(settings);
  await gateway.connect(to, from);
}
