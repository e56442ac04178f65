/**
 * Contracts of a simulated market, from a vnpy server that runs: asked once, at the start.
 *
 * @module
 */
import { RpcClient } from '../../../rpc/index.js';
import { ContractData, TickData, replace, vnpyRegistry } from '../../../vnpy/index.js';
import type { CommandContext } from '../../kit/command.js';
import { CliError } from '../../kit/errors.js';
import { endAfter } from '../connection/end-after.js';
import { warnOn } from '../connection/security.js';
import { isCountable } from './contracts-file.js';
import type { MarketSource } from './market-source.js';

/** For the connection, and for each answer: tens of thousands of contracts take a few seconds. In ms. */
const TIMEOUT = 15_000;

/**
 * Whether a value of `--contracts` is an address rather than a file.
 *
 * @throws {@link CliError} `USAGE` for one that lacks its protocol.
 */
export function isAddress(text: string): boolean {
  if (/^[\w.-]+:\d+$/.test(text)) throw new CliError('USAGE', ({ liveNoProtocol }) => liveNoProtocol(text));
  return /^[a-z]+:\/\//.test(text);
}

/**
 * The contracts of a vnpy server, under another gateway, and the last prices that it has.
 *
 * @throws {@link CliError} `UNREACHABLE` for a server that does not answer, `FILE` for one without contracts.
 */
export async function askContracts(
  context: CommandContext,
  address: string,
  gatewayName: string,
): Promise<MarketSource> {
  const client = new RpcClient({ registry: vnpyRegistry, timeout: TIMEOUT });
  // What is wrong with the connection, its status tells, too.
  client.on('error', () => undefined);
  try {
    await client.start(address);
    await connected(client, context, address);
    const given = await client.call('get_all_contracts', [], { signal: context.signal });
    const all = listOf(given, ContractData);
    const contracts = all.filter(isCountable).map((contract) => replace(contract, { gateway_name: gatewayName }));
    if (contracts.length === 0) throw new CliError('FILE', ({ liveNoContracts }) => liveNoContracts(address));
    const left = all.length - contracts.length;
    if (left > 0) await warnOn(context)(({ liveLeftOut }) => liveLeftOut(address, left));
    return { contracts, startPrices: await pricesOf(client, context.signal) };
  } finally {
    await client.stop();
  }
}

/** The last prices, where the server has some, and lets this program see them. */
async function pricesOf(client: RpcClient, signal: AbortSignal): Promise<Readonly<Record<string, number>>> {
  const given = await client.call('get_all_ticks', [], { signal }).catch(() => []);
  signal.throwIfAborted();
  const prices = listOf(given, TickData).map(({ vt_symbol, last_price }) => [vt_symbol, last_price] as const);
  return Object.fromEntries(prices.filter(([, price]) => Number.isFinite(price) && price > 0));
}

function listOf<Item>(given: unknown, type: abstract new (...args: never[]) => Item): readonly Item[] {
  return Array.isArray(given) ? given.filter((item: unknown): item is Item => item instanceof type) : [];
}

async function connected(client: RpcClient, { signal }: CommandContext, address: string): Promise<void> {
  using ending = endAfter(signal, TIMEOUT);
  let detail: string | undefined;
  for await (const status of client.statuses({ signal: ending.signal })) {
    if (status.state === 'connected') return;
    if (status.state !== 'disconnected') continue;
    ({ detail } = status);
    break;
  }
  signal.throwIfAborted();
  throw new CliError('UNREACHABLE', ({ liveUnreachable }) => liveUnreachable(address, detail));
}
