/**
 * The only file that imports `@nats-io`, and only when somebody connects: the package is an optional peer dependency.
 *
 * Streams are asked for by plain requests (nats-streams.ts). So one package is enough, and every request keeps the rule that nothing
 * waits to be sent.
 *
 * @module
 */
import type * as Nats from '@nats-io/transport-node';
import { messageOf } from '../../errors.js';
import { ClusterTransportError } from '../errors.js';

export type { Authenticator, ConnectionOptions, Msg, NatsConnection, Subscription } from '@nats-io/transport-node';

/** What the package exports. */
export type NatsModule = typeof Nats;

/** @throws {@link ClusterTransportError} `UNSUITABLE` if it cannot be loaded. */
export async function loadNats(
  load: () => Promise<NatsModule> = () => import('@nats-io/transport-node'),
): Promise<NatsModule> {
  try {
    return await load();
  } catch (error) {
    const isMissing = /Cannot find (?:package|module) ["']?@nats-io\/transport-node/i.test(messageOf(error));
    throw new ClusterTransportError(
      'UNSUITABLE',
      isMissing
        ? 'a cluster needs the package @nats-io/transport-node, which is not installed: run "npm install @nats-io/transport-node"'
        : `the package @nats-io/transport-node cannot be loaded: run "npm install @nats-io/transport-node" again (${messageOf(error)})`,
      { cause: error },
    );
  }
}
