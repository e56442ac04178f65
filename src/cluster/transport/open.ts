/**
 * The connection to the messaging system that options ask for.
 *
 * @module
 */
import { RpcUsageError } from '../../rpc/index.js';
import { streamPlans } from '../wire/streams.js';
import { Subjects } from '../wire/subjects.js';
import { NatsTransport } from './nats-transport.js';
import type { ClusterTransport } from './transport.js';

/** What options say of it. */
export interface TransportChoice {
  readonly servers?: readonly string[] | undefined;
  readonly transport?: ClusterTransport | undefined;
  readonly natsKeyFile?: string | undefined;
  readonly cluster: string;
  readonly account: string;
  /** Who connects, an edge or a principal: answers come to a place that is called so. */
  readonly edge?: string | undefined;
  readonly principal?: string | undefined;
}

/** How it is opened, and whose it is. */
export interface TransportOpening {
  readonly open: () => Promise<ClusterTransport>;
  /** It was made for whoever opens it, and ends with it. */
  readonly ownsTransport: boolean;
}

/** @throws RpcUsageError `BAD_OPTION` where both are given, or neither. */
export function openTransport(choice: TransportChoice): TransportOpening {
  const { servers, transport } = choice;
  if (transport !== undefined && servers === undefined)
    return { open: () => Promise.resolve(transport), ownsTransport: false };

  if (transport !== undefined || servers === undefined)
    throw new RpcUsageError('BAD_OPTION', 'give servers or transport: one of them, and not both');

  const { natsKeyFile, cluster, account, edge, principal } = choice;
  const who = edge ?? principal ?? 'vnpy-bridge';
  const open = (): Promise<ClusterTransport> =>
    NatsTransport.connect({
      servers,
      name: `vnpy-bridge ${cluster}/${account} ${who}`,
      principal: who,
      streams: Object.values(streamPlans(new Subjects(cluster))),
      ...(natsKeyFile === undefined ? {} : { natsKeyFile }),
    });
  return { open, ownsTransport: true };
}
