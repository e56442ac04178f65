/**
 * Answers that are larger than a message may be: twenty thousand contracts have 4 MB, and a server takes 1 MB.
 *
 * @module
 */
import type { ChunkPlace } from './envelope.js';

/** What headers may need of a message, in bytes: the server counts them, too. */
const HEADERS = 4096;

/** A part, and where it belongs; no place where it is all. */
export interface Chunk {
  readonly payload: Uint8Array;
  readonly place: ChunkPlace | undefined;
}

/** The parts of a payload, none larger than the server takes. They share its memory. */
export function splitChunks(payload: Uint8Array, maxPayload: number): readonly Chunk[] {
  const size = Math.max(1, maxPayload - HEADERS);
  if (payload.length <= size) return [{ payload, place: undefined }];

  const count = Math.ceil(payload.length / size);
  return Array.from({ length: count }, (_, index) => ({
    payload: payload.subarray(index * size, (index + 1) * size),
    place: { index, count, bytes: payload.length },
  }));
}

/** Limits of {@link ChunkJoiner}. */
export interface ChunkLimits {
  /** The largest answer, in bytes. All that wait together may not be more, either. */
  readonly maxBytes: number;
  /** Answers that may be incomplete at the same time. */
  readonly maxOpen: number;
}

interface Open {
  readonly count: number;
  readonly bytes: number;
  readonly parts: Map<number, Uint8Array>;
  held: number;
}

/** Joins the parts of answers again. Whatever does not fit together is dropped as a whole, and counted. */
export class ChunkJoiner {
  readonly #limits: ChunkLimits;
  readonly #open = new Map<string, Open>();
  #held = 0;
  #dropped = 0;

  constructor(limits: ChunkLimits) {
    this.#limits = limits;
  }

  /** Parts and answers that were dropped. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Bytes that wait for the rest. */
  get held(): number {
    return this.#held;
  }

  /**
   * A part has come.
   *
   * @param id - which answer it is of.
   * @returns the whole, with the last part that was missing; undefined otherwise.
   */
  take(id: string, place: ChunkPlace, part: Uint8Array): Uint8Array | undefined {
    const open = this.#open.get(id) ?? this.#begin(id, place);
    if (open === undefined) {
      this.#dropped++;
      return undefined;
    }
    const isOdd = open.count !== place.count || open.bytes !== place.bytes || place.index >= place.count;
    const tooMuch = open.held + part.length > open.bytes || this.#held + part.length > this.#limits.maxBytes;
    if (isOdd || tooMuch || part.length === 0) {
      this.#drop(id);
      return undefined;
    }
    if (open.parts.has(place.index)) {
      this.#dropped++;
      return undefined;
    }
    open.parts.set(place.index, new Uint8Array(part));
    open.held += part.length;
    this.#held += part.length;
    return open.parts.size < open.count ? undefined : this.#join(id, open);
  }

  /** Nobody waits for an answer any more. */
  forget(id: string): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    this.#held -= open.held;
    this.#open.delete(id);
  }

  #begin(id: string, { count, bytes }: ChunkPlace): Open | undefined {
    const { maxBytes, maxOpen } = this.#limits;
    if (this.#open.size >= maxOpen || bytes > maxBytes || count > bytes) return undefined;
    const open: Open = { count, bytes, parts: new Map(), held: 0 };
    this.#open.set(id, open);
    return open;
  }

  #join(id: string, open: Open): Uint8Array | undefined {
    this.forget(id);
    if (open.held !== open.bytes) {
      this.#dropped++;
      return undefined;
    }
    const whole = new Uint8Array(open.bytes);
    let at = 0;
    for (let index = 0; index < open.count; index++) {
      const part = open.parts.get(index) ?? new Uint8Array();
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  #drop(id: string): void {
    this.#dropped++;
    this.forget(id);
  }
}
