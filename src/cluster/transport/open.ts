/**
 * The connection to the messaging system that options ask for.
 *
 * @module
 */
import { RpcUsageError } from '../../rpc/index.js';
import type { Logger } from '../../rpc/index.js';
<<<<<<< HEAD
import { streamPlans } from '../wire/streams.js';
import { Subjects } from '../wire/subjects.js';
import type { NatsTlsOptions } from './nats-options.js';
=======
import type { NatsOptions } from './nats-options.js';
>>>>>>> 3c9523d9 (Connect gateways and edges to NATS servers, and let an account bring its lease)
import { NatsTransport } from './nats-transport.js';
import type { ClusterTransport } from './transport.js';

/** What options say of it. */
export interface TransportChoice {
  readonly servers?: readonly string[] | undefined;
  readonly transport?: ClusterTransport | undefined;
  readonly natsKeyFile?: string | undefined;
<<<<<<< HEAD
  readonly tls?: NatsTlsOptions | undefined;
  readonly cluster: string;
  readonly account: string;
=======
  /** Of the connection, beside servers and key. */
  readonly nats?: Partial<NatsOptions> | undefined;
>>>>>>> 3c9523d9 (Connect gateways and edges to NATS servers, and let an account bring its lease)
}

/** How it is opened, and whose it is. */
export interface TransportOpening {
  readonly open: () => Promise<ClusterTransport>;
  /** It was made for whoever opens it, and ends with it. */
  readonly ownsTransport: boolean;
}

/**
<<<<<<< HEAD
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
=======
 * Decides how the connection is made.
 *
 * @param user - Who connects: the private subjects for its answers have its name.
 * @throws RpcUsageError `BAD_OPTION` where both are given, or neither.
 */
export function openTransport(choice: TransportChoice, user: string, logger: Logger): TransportOpening {
  const { servers, transport, natsKeyFile, nats } = choice;
  if ((servers === undefined) === (transport === undefined))
    throw new RpcUsageError('BAD_OPTION', 'give servers or transport: one of them, and not both');
  if (transport !== undefined) return { open: () => Promise.resolve(transport), ownsTransport: false };
  const options = {
    name: user,
    principal: user,
    logger,
    ...nats,
    servers: servers ?? [],
    ...(natsKeyFile === undefined ? {} : { natsKeyFile }),
  };
  return { open: () => NatsTransport.connect(options), ownsTransport: true };
>>>>>>> 3c9523d9 (Connect gateways and edges to NATS servers, and let an account bring its lease)
}
