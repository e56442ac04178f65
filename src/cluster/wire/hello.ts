/**
 * What a client says when it comes, each second after that, and when it leaves; and what the edge answers. JSON, as beats.
 *
 * @module
 */

/** A client is there. */
export interface Hello {
  /** Which program asks: another one for each connection that it makes. */
  readonly client: string;
  /** Its clock, in ms since 1970. */
  readonly wall: number;
  /** It ends in order: the edge forgets it at once. */
  readonly isLeaving: boolean;
  /** How far the edge's clock was ahead of its own at the last answer, in ms; not known at first. For people. */
  readonly offset?: number;
}

/** The edge has let it in. */
export interface Welcome {
  readonly edge: string;
  readonly boot: number;
  readonly epoch: number;
  /** The last event that was published for its principal. */
  readonly seq: number;
  /** Another one when the edge had forgotten the client: it may have missed events then. */
  readonly session: number;
  /** The edge's clock when it answered, in ms since 1970. */
  readonly wall: number;
}

/** The edge does not let it in. */
export interface Unwelcome {
  /** Why: a sentence. */
  readonly refused: string;
  /** It may be let in later. */
  readonly retry: boolean;
}

const VERSION = 1;
/** Neither is longer, in bytes. */
const MAX_BYTES = 4096;

export function writeHello(hello: Hello): Uint8Array {
  return Buffer.from(JSON.stringify({ v: VERSION, ...hello }));
}

/** What was said; undefined for what is none, or of another version. */
export function readHello(payload: Uint8Array): Hello | undefined {
  const { client, wall, isLeaving, offset } = fieldsOf(payload);
  if (typeof client !== 'string' || client === '' || typeof isLeaving !== 'boolean' || !isNumber(wall))
    return undefined;
  return { client, wall, isLeaving, ...(typeof offset === 'number' && Number.isFinite(offset) ? { offset } : {}) };
}

export function writeWelcome(answer: Welcome | Unwelcome): Uint8Array {
  return Buffer.from(JSON.stringify({ v: VERSION, ...answer }));
}

/** What was answered; undefined for what is none, or of another version. */
export function readWelcome(payload: Uint8Array): Welcome | Unwelcome | undefined {
  const { edge, boot, epoch, seq, session, wall, refused, retry } = fieldsOf(payload);
  if (typeof refused === 'string') return { refused, retry: retry === true };
  if (typeof edge !== 'string' || !isNumber(wall)) return undefined;
  if (!isNumber(boot) || !isNumber(epoch) || !isNumber(seq) || !isNumber(session)) return undefined;
  return { edge, boot, epoch, seq, session, wall };
}

function fieldsOf(payload: Uint8Array): Readonly<Record<string, unknown>> {
  if (payload.length > MAX_BYTES) return {};
  try {
    const value: unknown = JSON.parse(Buffer.from(payload).toString('utf8'));
    const fields = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
    return fields['v'] === VERSION ? fields : {};
  } catch {
    return {}; // No JSON.
  }
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
