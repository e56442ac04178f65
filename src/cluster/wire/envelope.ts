/**
 * What stands in headers around a message: who, for how long, under which lease. It has a version from the first day.
 *
 * Ticks and events have a prefix instead (prefix.ts): headers cost a Node.js program as much as the rest of a message.
 *
 * @module
 */
import type { Headers } from '../transport/transport.js';
import { escapeToken, unescapeToken } from './escape.js';

/** The version of the headers. A message of another one is not read. */
const VERSION = '1';

/** A part of an answer that is larger than a message may be. */
export interface ChunkPlace {
  /** Which part, from 0. */
  readonly index: number;
  /** How many parts. */
  readonly count: number;
  /** All parts together, in bytes. */
  readonly bytes: number;
}

/** What the headers of a message say. What a message does not need is left out. */
export interface Envelope {
  /** When it is too late, in whole ms of the monotonic clock of the edge's process `boot`. */
  readonly deadline?: number;
  /** The lease of the edge that the sender believes active, or of the edge that answers. */
  readonly epoch?: number;
  /** The run of the edge's program: its clock and its sequences are of this run. */
  readonly boot?: number;
  readonly edge?: string;
  /** What makes an order one order. */
  readonly key?: string;
  /** Which program asks. */
  readonly client?: string;
  /** The last event that was published, or the number of this message. */
  readonly seq?: number;
  /** Why nothing was done, in a word: `expired`. It is certain that the request was not executed, and never will be. */
  readonly notExecuted?: string;
  readonly chunk?: ChunkPlace;
  /** W3C trace context, as it came. */
  readonly traceparent?: string;
}

/** A value as text, and back: undefined where it cannot be one. */
interface Codec<Value> {
  readonly write: (value: Value) => string;
  readonly read: (text: string) => Value | undefined;
}

const LARGEST_U32 = 2 ** 32 - 1;

const integer = (largest: number): Codec<number> => ({
  write: String,
  read: (text) => {
    const value = /^(?:0|[1-9]\d{0,15})$/.test(text) ? Number(text) : NaN;
    return value <= largest ? value : undefined;
  },
});
const milliseconds: Codec<number> = {
  // Rounded down: a deadline errs towards refusing.
  write: (value) => String(Math.max(0, Math.floor(value))),
  read: integer(Number.MAX_SAFE_INTEGER).read,
};
const name: Codec<string> = { write: escapeToken, read: unescapeToken };
const word: Codec<string> = {
  write: (value) => value,
  read: (text) => (/^[a-z][a-z-]{0,31}$/.test(text) ? text : undefined),
};
const trace: Codec<string> = {
  write: (value) => value,
  read: (text) => (/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(text) ? text : undefined),
};
const place: Codec<ChunkPlace> = {
  write: ({ index, count, bytes }) => `${index}/${count}/${bytes}`,
  read: (text) => {
    const [index, count, bytes, ...more] = text.split('/').map((part) => integer(LARGEST_U32).read(part));
    if (index === undefined || count === undefined || bytes === undefined || more.length > 0) return undefined;
    return index < count && count <= bytes ? { index, count, bytes } : undefined;
  },
};

/** The header of each part. */
const FIELDS: { readonly [Name in keyof Envelope]-?: readonly [string, Codec<NonNullable<Envelope[Name]>>] } = {
  deadline: ['Vb-Deadline', milliseconds],
  epoch: ['Vb-Epoch', integer(Number.MAX_SAFE_INTEGER)],
  boot: ['Vb-Boot', integer(LARGEST_U32)],
  edge: ['Vb-Edge', name],
  key: ['Vb-Key', name],
  client: ['Vb-Client', name],
  seq: ['Vb-Seq', integer(Number.MAX_SAFE_INTEGER)],
  notExecuted: ['Vb-Not-Executed', word],
  chunk: ['Vb-Chunk', place],
  traceparent: ['traceparent', trace],
};

const VERSION_HEADER = 'Vb';

/** The headers that say this. */
export function writeEnvelope(envelope: Envelope): Headers {
  const headers: Record<string, string> = { [VERSION_HEADER]: VERSION };
  for (const [part, [header, codec]] of Object.entries(FIELDS)) {
    const value: unknown = envelope[part as keyof Envelope];
    if (value !== undefined) headers[header] = (codec as Codec<unknown>).write(value);
  }
  return headers;
}

/**
 * What headers say; headers of others are left alone.
 *
 * @returns undefined where there is no version or another one, or where one of its headers cannot be read. A message whose
 * deadline cannot be read has one.
 */
export function readEnvelope(headers: Headers): Envelope | undefined {
  if (headers[VERSION_HEADER] !== VERSION) return undefined;
  const envelope: Record<string, unknown> = {};
  for (const [part, [header, codec]] of Object.entries(FIELDS)) {
    const text = Object.hasOwn(headers, header) ? headers[header] : undefined;
    if (text === undefined) continue;
    const value: unknown = codec.read(text);
    if (value === undefined) {
      // Tracing is others' business: what is wrong with it stops nothing.
      if (header === 'traceparent') continue;
      return undefined;
    }
    envelope[part] = value;
  }
  return envelope;
}
