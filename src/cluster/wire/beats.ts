/**
 * Signs of life of edges: JSON, so that a person sees them with any tool.
 *
 * @module
 */

/** What an edge is doing with its account. */
export type EdgeState = 'passive' | 'acquiring' | 'recovering' | 'active' | 'draining' | 'halted';
/** All states of an edge. */
export const EDGE_STATES: readonly EdgeState[] = ['passive', 'acquiring', 'recovering', 'active', 'draining', 'halted'];

/** A sign of life. */
export interface Beat {
  readonly account: string;
  readonly edge: string;
  /** Stands for the edge in the prefix of events. */
  readonly number: number;
  /** The run of its program: any number up to 2^32 - 1. */
  readonly boot: number;
  /** Its lease, or the highest that it knows. */
  readonly epoch: number;
  readonly state: EdgeState;
  /** One more for each beat of this run. */
  readonly count: number;
  /** Its monotonic clock, in ms. */
  readonly monotonic: number;
  /** Its clock, in ms since 1970. */
  readonly wall: number;
  /** How busy it is, from 0 to 1. */
  readonly load: number;
  /** Whether its vnpy is there. */
  readonly vnpy: boolean;
}

const VERSION = 1;
/** A beat has some 250 bytes: what is larger is none. */
const MAX_BYTES = 8192;
const LARGEST_U32 = 2 ** 32 - 1;

export function writeBeat(beat: Beat): Uint8Array {
  return Buffer.from(JSON.stringify({ v: VERSION, ...beat }));
}

/** The beat; undefined for what is none, or of another version. What it has more is left out. */
export function readBeat(payload: Uint8Array): Beat | undefined {
  if (payload.length > MAX_BYTES) return undefined;
  const given = parse(payload);
  if (given?.['v'] !== VERSION) return undefined;
  const { account, edge, number, boot, epoch, state, count, monotonic, wall, load, vnpy } = given;
  if (typeof account !== 'string' || typeof edge !== 'string' || typeof vnpy !== 'boolean') return undefined;
  if (!isCount(number, LARGEST_U32) || !isCount(boot, LARGEST_U32) || !isCount(epoch) || !isCount(count))
    return undefined;
  if (!isAmount(monotonic) || !isAmount(wall) || !isAmount(load) || load > 1 || !isState(state)) return undefined;
  return { account, edge, number, boot, epoch, state, count, monotonic, wall, load, vnpy };
}

function parse(payload: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined; // No UTF-8, or no JSON.
  }
}

function isCount(value: unknown, largest = Number.MAX_SAFE_INTEGER): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= largest;
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isState(value: unknown): value is EdgeState {
  return EDGE_STATES.some((state) => state === value);
}
