/**
 * Where a server is to be reached: the forms of its addresses, and what the log says about them.
 *
 * @module
 */
import { bindsEveryInterface, parseAddress } from './address.js';
import type { Bound, Wanted } from './bindings.js';
import { option, OptionTable } from '../option-table.js';
import type { RowsOf } from '../option-table.js';
import { optionChecks } from './checks.js';
import { RpcUsageError } from './errors.js';
import type { Logger } from './logger.js';

/** Where a server publishes in each format. */
export interface PublishAddresses {
  /** For clients of vnpy 4.5 and later. */
  readonly topicFrame?: string;
  /** For clients of vnpy 3.0 to 4.4. */
  readonly pair?: string;
}

/** Where a server publishes: one address in the format of vnpy 4.5 and later, or one a format. */
export type PublishAddress = string | PublishAddresses;

/** Addresses that a server has bound, with the real ports. */
export interface ServerAddresses {
  readonly reply: string;
  readonly topicFrame: string | undefined;
  readonly pair: string | undefined;
}

/** Further addresses of a server. At least one. */
export interface ListenAddresses {
  /** Where requests are taken. */
  readonly reply?: string;
  /** Where events are published: a string in the format of vnpy 4.5 and later. */
  readonly publish?: PublishAddress;
}

/** Further addresses that a server has bound, with the real ports. */
export interface ListenedAddresses {
  readonly reply: string | undefined;
  readonly topicFrame: string | undefined;
  readonly pair: string | undefined;
}

/** The addresses to publish at, one a format. */
export const PUBLISH_OPTIONS = new OptionTable(optionChecks, 'the publish address', {
  topicFrame: option.other<string>('an address'),
  pair: option.other<string>('an address'),
} satisfies RowsOf<PublishAddresses>);

/** The further addresses of a server. */
export const LISTEN_OPTIONS = new OptionTable(optionChecks, 'the addresses of listen()', {
  reply: option.other<string>('an address'),
  publish: option.other<PublishAddress>('an address, or `PublishAddresses`'),
} satisfies RowsOf<ListenAddresses>);

/** How the addresses of an account of a cluster begin: no socket is bound there. */
const CLUSTER = 'nats://';

/** Tells the log what is served where. @param isSecure - Whether clients have to show who they are. */
export function announce({ reply, topicFrame, pair }: Bound, isSecure: boolean, logger: Logger): void {
  if (reply !== undefined) logger.info(`serving requests at ${reply.address}`);
  if (topicFrame?.address.startsWith(CLUSTER) === true) {
    // Its clients are none of vnpy's, and read what is published there whatever vnpy they stand before.
    logger.info(`publishing events at ${topicFrame.address}`);
    return;
  }
  // A client of the other kind drops what it gets in silence, or loses its event thread: say it here, once.
  const reached = [
    topicFrame === undefined ? undefined : `clients of vnpy 4.5 and later at ${topicFrame.address}`,
    pair === undefined ? undefined : `clients of vnpy 3.0 to 4.4 at ${pair.address}`,
  ].filter((part) => part !== undefined);
  const missed = topicFrame === undefined ? 'vnpy 4.5 and later' : pair === undefined ? 'vnpy 3.0 to 4.4' : undefined;
  if (reached.length > 0) {
    logger.info(
      `publishing events for ${reached.join(' and for ')}${missed === undefined ? '' : `; clients of ${missed} get no events`}`,
    );
  }

  for (const socket of [reply, topicFrame, pair]) {
    if (socket !== undefined && !isSecure && isOpenToNetwork(socket.address)) {
      logger.warn(
        `${socket.address} is open to the whole network without security: whoever reaches it can call every function and read every event`,
      );
    }
  }
}

/** @throws RpcUsageError for what is none of the forms of a publish address. */
export function publishAddresses(address: PublishAddress): Omit<Wanted, 'reply'> {
  const { topicFrame, pair } = typeof address === 'string' ? { topicFrame: address } : PUBLISH_OPTIONS.check(address);
  if (topicFrame === undefined && pair === undefined)
    throw new RpcUsageError('BAD_ARGUMENT', 'the publish address must name topicFrame, pair, or both');

  return { topicFrame, pair };
}

/** Where that is. */
export function addressesOf({ reply, topicFrame, pair }: Bound): ListenedAddresses {
  return { reply: reply?.address, topicFrame: topicFrame?.address, pair: pair?.address };
}

function isOpenToNetwork(address: string): boolean {
  try {
    return bindsEveryInterface(parseAddress(address, 'bind'));
  } catch {
    return false; // An address of another transport.
  }
}
