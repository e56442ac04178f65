/**
 * The connection to the messaging system that options ask for.
 *
 * @module
 */
import { RpcUsageError } from '../../rpc/index.js';
import type { Logger } from '../../rpc/index.js';
import { streamPlans } from '../wire/streams.js';
import { Subjects } from '../wire/subjects.js';
import type { NatsTlsOptions } from './nats-options.js';
import { NatsTransport } from './nats-transport.js';
import type { ClusterTransport } from './transport.js';

/** What options say of it. */
export interface TransportChoice {
  readonly servers?: readonly string[] | undefined;
  readonly transport?: ClusterTransport | undefined;
  readonly natsKeyFile?: string | undefined;
  readonly tls?: NatsTlsOptions | undefined;
  readonly cluster: string;
  readonly account: string;
}

/** How it is opened, and whose it is. */
export interface TransportOpening {
  readonly open: () => Promise<ClusterTransport>;
  /** It was made for whoever opens it, and ends with it. */
  readonly ownsTransport: boolean;
}

/**
 * @param user - Who connects: answers come to the private subjects of this name.
 * @throws RpcUsageError `BAD_OPTION` where both are given, or neither.
 */
export function openTransport(choice: TransportChoice, user: string, logger: Logger): TransportOpening {
  const { servers, transport, natsKeyFile, tls, cluster, account } = choice;
  if (transport !== undefined && servers === undefined)
    return { open: () => Promise.resolve(transport), ownsTransport: false };
  if (servers === undefined || transport !== undefined)
    throw new RpcUsageError('BAD_OPTION', 'give servers or transport: one of them, and not both');
  return {
    open: () =>
      NatsTransport.connect({
        servers,
        name: `vnpy-bridge ${cluster}/${account} ${user}`,
        principal: user,
        logger,
        // Named here, so that nobody needs the right to look through all streams.
        streams: Object.values(streamPlans(new Subjects(cluster))),
        ...(natsKeyFile === undefined ? {} : { natsKeyFile }),
        ...(tls === undefined ? {} : { tls }),
      }),
    ownsTransport: true,
  };
}
