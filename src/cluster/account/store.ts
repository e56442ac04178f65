/**
 * What an account needs of the messaging system, and the form of what it keeps there.
 *
 * @module
 */
import type { ClusterTransport } from '../transport/transport.js';

/** The part of a transport that keeps things. */
export type AccountStore = Pick<ClusterTransport, 'append' | 'last' | 'history' | 'subscribe'>;

/** Where the things of one account are. */
export interface AccountSubjects {
  /** `vb1.<cluster>.lease.<account>` */
  readonly lease: string;
  /** `vb1.<cluster>.acct.<account>` */
  readonly record: string;
  /** `vb1.<cluster>.ordlog.<account>.*`: those of all orders. */
  readonly journal: string;
  /** `vb1.<cluster>.ordlog.<account>.<key>` */
  order(key: string): string;
}

/** Who writes: which edge, and which of its runs. */
export interface EdgeSelf {
  /** The name of the edge. */
  readonly edge: string;
  /** Of its state folder: a second edge of the same name has another one. */
  readonly identity: string;
  /** Of this run of it. */
  readonly boot: string;
}

/** A document as bytes. */
export function bytesOf(document: object): Uint8Array {
  return Buffer.from(JSON.stringify(document));
}

/** The fields of a document; none for what is no document. */
export function fieldsOf(payload: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(payload).toString('utf8'));
    return isFields(value) ? value : {};
  } catch {
    return {};
  }
}

/** Whether it has fields. */
export function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether it is a text. */
export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** Whether it is a number that counts something. */
export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** Whether it is a time in ms. */
export function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
