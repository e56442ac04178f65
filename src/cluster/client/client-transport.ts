/**
 * The way of a client to an account, as options describe it: for a ClusterGateway, and for an RpcClient alone.
 *
 * @module
 */
import { guardedLogger } from '../../rpc/internal.js';
import { CLUSTER_GATEWAY_OPTIONS } from '../options.js';
import type { ClusterGatewayOptions } from '../options.js';
import { SYSTEM_CLOCK } from '../transport/clock.js';
import { openTransport } from '../transport/open.js';
import { Subjects } from '../wire/subjects.js';
import { ClusterClientTransport } from './sockets.js';

/** @throws RpcUsageError `BAD_OPTION` if an option has no sense, or is none. */
export function clientTransport(options: ClusterGatewayOptions): ClusterClientTransport {
  const settings = CLUSTER_GATEWAY_OPTIONS.resolve(options);
  const { cluster, account, principal, ticks, beatTimeout, renewInterval, commandBudget } = settings;
  const logger = guardedLogger(options.logger);
  return new ClusterClientTransport({
    ...{ account, principal, ticks, beatTimeout, renewInterval, commandBudget, logger },
    subjects: new Subjects(cluster),
    clock: SYSTEM_CLOCK,
    ...openTransport(settings, principal, logger),
  });
}
