/**
 * What the program's thread and the receiving thread say to one another, as plain data.
 *
 * @module
 */
import type { MessagePort } from 'node:worker_threads';
import { messageOf } from '../../errors.js';
import type { ClientOptions } from '../client.js';
import type { ConnectionEnd, ConnectionPhase } from '../connection.js';
import { ZmtpError } from '../errors.js';
import type { ZmtpErrorCode } from '../errors.js';
import type { Peer } from '../protocol.js';
import type { RingLimits, RingMemory } from './ring.js';

/** What the receiving thread starts with. */
export interface ThreadData {
  readonly port: MessagePort;
  readonly memory: RingMemory;
  readonly limits: RingLimits;
}

/** What the program wants. Connections are counted from 1. */
export type Command =
  | { readonly kind: 'connect'; readonly connection: number; readonly options: ClientOptions }
  | { readonly kind: 'subscribe'; readonly connection: number; readonly prefix: Uint8Array; readonly wanted: boolean }
  | { readonly kind: 'close'; readonly connection: number };

/** What the receiving thread tells, in order with the messages. */
export type Told =
  | { readonly kind: 'started' }
  | { readonly kind: 'opened'; readonly connection: number; readonly peer: Peer }
  | { readonly kind: 'closed'; readonly connection: number; readonly end: EndData };

/** A {@link ConnectionEnd} as data: an error loses its class and its fields on the way. */
export interface EndData {
  readonly phase: ConnectionPhase;
  readonly code: ZmtpErrorCode;
  readonly message: string;
  readonly offset: number | undefined;
  readonly cause: Readonly<Record<string, string | number>> | undefined;
}

export function endData({ error, phase }: ConnectionEnd): EndData {
  const { code, message, offset, cause } = error;
  return { phase, code, message, offset, cause: cause === undefined ? undefined : causeData(cause) };
}

export function endOf({ phase, code, message, offset, cause }: EndData): ConnectionEnd {
  const error = new ZmtpError(
    code,
    '',
    offset,
    cause === undefined ? {} : { cause: Object.assign(new Error(), cause) },
  );
  error.message = message; // As it was written there, with the offset.
  return { phase, error };
}

/** The message of an error of the system, and what Node.js adds: `code`, `errno`, `syscall`, `address`, `port`. */
function causeData(cause: unknown): Readonly<Record<string, string | number>> {
  const fields: Record<string, string | number> = { message: messageOf(cause) };
  if (typeof cause === 'object' && cause !== null) {
    for (const [name, value] of Object.entries(cause) as [string, unknown][])
      if (typeof value === 'string' || typeof value === 'number') fields[name] = value;
  }
  return fields;
}

/** A view as bytes of their own: all that lies around a view is copied with it to another thread. */
export function ownBytes(view: Uint8Array): Uint8Array {
  return new Uint8Array(view);
}
