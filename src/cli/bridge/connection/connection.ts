/**
 * A client made from the settings.
 *
 * @module
 */
import { RpcClient } from '../../../rpc/index.js';
import type { ClientStatus, RpcClientOptions } from '../../../rpc/index.js';
import { vnpyRegistry } from '../../../vnpy/index.js';
import type { CommandContext } from '../../kit/command.js';
import { endAfter } from './end-after.js';
import { CliError } from '../../kit/errors.js';
import { clientSecurity, warnOn } from './security.js';
import { request, subscribe, timeout, transport } from '../options.js';

type Warn = (line: string) => Promise<void>;

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
  { settings, io }: CommandContext,
  warn: Warn = warnOn(io),
): Promise<Omit<RpcClientOptions, 'timeout'>> {
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
  const { settings, signal } = context;
  const client = new RpcClient({ ...(await clientOptions(context)), ...options });
  try {
    await client.start(settings.get(request), events ? settings.get(subscribe) : undefined);
    await connected(client, signal, settings.get(timeout));
    return await work(client);
  } finally {
    await client.stop();
  }
}

/** @param limit - In ms: a server that hangs accepts the connection and never says a word. */
async function connected(client: RpcClient, signal: AbortSignal, limit: number): Promise<void> {
  using ending = endAfter(signal, limit);
  for await (const status of client.statuses({ signal: ending.signal })) {
    if (status.state === 'connected') return;
    if (status.state === 'disconnected') throw unreachable(status);
  }
  signal.throwIfAborted();
  throw new CliError(
    'UNREACHABLE',
    `no connection within ${limit / 1000} s (--timeout): the server hangs, or another program has the port ` +
      '("vnpy-bridge doctor" looks closer)',
  );
}

/** The error for a server that cannot be reached. */
export function unreachable({ detail }: Extract<ClientStatus, { state: 'disconnected' }>): CliError {
  return new CliError('UNREACHABLE', `${detail} ("vnpy-bridge doctor" looks closer)`);
}
