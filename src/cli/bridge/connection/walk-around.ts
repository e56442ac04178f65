/**
 * Whether clients can reach the vnpy server past its guard.
 *
 * vnpy's default binds every interface (`tcp://*:2014`, vnpy_rpcservice): whoever reaches the machine then needs no relay.
 *
 * @module
 */
import { connect, isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Logger } from '../../../rpc/index.js';
import { parseAddress } from '../../../rpc/internal.js';

/** How long one attempt may take, in ms: on the same machine it is answered at once. */
const PATIENCE = 500;

/**
 * Tries the ports of a server at this machine's other addresses, and warns of each that answers.
 *
 * @param addresses - of the server: requests and events.
 * @param others - IP addresses to try beside those of this machine's interfaces.
 */
export async function warnOfWalkAround(
  addresses: readonly string[],
  others: readonly string[],
  logger: Logger,
): Promise<void> {
  const hosts = [...new Set([...others, ...ownAddresses()])];
  for (const address of addresses) {
    const place = parseAddress(address, 'connect');
    if (place.scheme !== 'tcp' || place.port === '*' || !isLoopbackName(place.host)) continue;
    const { host: known, port } = place;
    const tried = hosts.filter((host) => host !== known);
    const open = await Promise.all(tried.map(async (host) => ((await answers(host, port)) ? host : '')));
    for (const host of open.filter((each) => each !== '')) {
      logger.warn(
        `guard: the vnpy server answers at ${host}:${port}, too: clients can walk around the guard; let it bind 127.0.0.1 alone`,
      );
    }
  }
}

function ownAddresses(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => address);
}

function isLoopbackName(host: string): boolean {
  return host === 'localhost' || (isIPv4(host) && host.startsWith('127.'));
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (isThere: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(isThere);
    };
    const timer = setTimeout(end, PATIENCE, false);
    socket.once('connect', () => {
      end(true);
    });
    socket.once('error', () => {
      end(false);
    });
  });
}
