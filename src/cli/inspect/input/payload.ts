/**
 * What the inputs come down to: payloads, each a run of bytes that may hold pickles, with what is known of its origin.
 *
 * @module
 */
import type { Finding } from '../findings/finding.js';

/** What a capture tells about a message. */
export interface Wire {
  /** Seconds since the epoch. */
  readonly time?: number;
  /** The first frame of a two-part event. */
  readonly topic?: string;
  /** Sender and receiver, or the address that a capture file names. */
  readonly address?: string;
  /** Socket type of the sender (`PUB`) and of the receiver (`SUB`), as far as known. */
  readonly socket?: string;
  /** `in` or `out`, where the capturing program said so. */
  readonly direction?: string;
  /** Sizes of all frames of the message, in bytes. */
  readonly frames?: readonly number[];
  /** A message that holds no pickle, in words: `subscribe 'rb'`. */
  readonly text?: string;
}

/** A run of bytes that may hold pickles. */
export interface Payload {
  /** Where it comes from: a file name, with the member of an archive behind a colon. */
  readonly source: string;
  readonly data: Uint8Array;
  /** Out-of-band buffers that belong to it. */
  readonly buffers?: readonly Uint8Array[];
  readonly wire?: Wire;
  /** What went wrong, or is worth knowing, on the way here. */
  readonly findings: readonly Finding[];
  /** The bytes are exactly one message: what follows its STOP is left over, not the next message. */
  readonly single?: boolean;
  /** The member of an old archive of torch in which numbers stand behind pickles. */
  readonly torch?: 'storages' | 'tensors';
}

/** Bounds on what is unpacked. */
export interface InputLimits {
  /** Bytes that one container may unpack to. */
  readonly maxInflate: number;
}

/** A payload without pickle, that only carries what is to be told. */
export function notice(source: string, findings: readonly Finding[], wire?: Wire): Payload {
  return { source, data: new Uint8Array(), findings, single: true, ...(wire === undefined ? {} : { wire }) };
}
