/**
 * What waits to be written to one connection: bounded by messages and bytes, and written in as few pieces as possible.
 *
 * @module
 */

import { unfilled } from './frames.js';

/** How much may wait for a peer that does not read. */
export interface QueueLimits {
  /** Messages; Infinity for no bound of their own. */
  readonly messages: number;
  /** Bytes. One message is taken whatever its size when nothing waits. */
  readonly bytes: number;
  /** What all connections of a socket may hold together; left out, each counts for itself alone. */
  readonly shared?: SharedBytes;
}

/** Bytes that wait in all outboxes that have this. */
export interface SharedBytes {
  waiting: number;
  readonly limit: number;
}

/** Pieces up to this size, in bytes, are joined before they are written: a write costs as much as copying some 10 KB. */
const JOINED = 64 * 1024;

interface Entry {
  readonly bytes: Uint8Array;
  readonly messages: number;
}

/** Gives bytes to a stream as long as that takes them, and keeps the rest, so that it can still be counted and refused. */
export class Outbox {
  readonly #limits: QueueLimits;
  readonly #write: (bytes: Uint8Array) => boolean;
  /** Waiting from `#head` on: what lies before is written, and is cut off now and then. */
  #entries: Entry[] = [];
  #head = 0;
  #messages = 0;
  #bytes = 0;
  #isBlocked = true;
  #isScheduled = false;

  /** @param write - Takes bytes, and says whether the stream takes more before {@link Outbox.open} is called again. */
  constructor(limits: QueueLimits, write: (bytes: Uint8Array) => boolean) {
    this.#limits = limits;
    this.#write = write;
  }

  /** Bytes that wait here. What the stream holds is not among them. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether all has been given to the stream. */
  get isEmpty(): boolean {
    return this.#head === this.#entries.length;
  }

  /** How many messages of these bytes altogether would still be taken. */
  room(bytes: number): number {
    if (this.isEmpty) return Math.max(1, this.#limits.messages);
    const { shared } = this.#limits;
    if (this.#bytes + bytes > this.#limits.bytes) return 0;
    if (shared !== undefined && shared.waiting + bytes > shared.limit) return 0;
    return Math.max(0, this.#limits.messages - this.#messages);
  }

  /**
   * Queues bytes that hold whole messages, and writes them at the end of this turn's work, together with what comes until
   * then. Whether there is room is the caller's to ask.
   */
  push(bytes: Uint8Array, messages: number): void {
    this.#entries.push({ bytes, messages });
    this.#messages += messages;
    this.#count(bytes.length);
    if (this.#isScheduled || this.#isBlocked) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.flush();
    });
  }

  /** The stream takes bytes, for the first time or again. */
  open(): void {
    this.#isBlocked = false;
    this.flush();
  }

  /** Drops what waits, and takes nothing to the stream any more. */
  close(): void {
    this.#isBlocked = true;
    this.#entries = [];
    this.#head = 0;
    this.#messages = 0;
    this.#count(-this.#bytes);
  }

  /** Writes what the stream takes now. */
  flush(): void {
    while (!this.#isBlocked && !this.isEmpty) this.#isBlocked = !this.#write(this.#next());
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    if (this.#limits.shared !== undefined) this.#limits.shared.waiting += bytes;
  }

  /** One large entry, or small ones joined. */
  #next(): Uint8Array {
    let size = 0;
    let end = this.#head;
    for (; end < this.#entries.length; end++) {
      const more = this.#entries[end]?.bytes.length ?? 0;
      if (size > 0 && size + more > JOINED) break;
      size += more;
    }
    const bytes = this.#join(this.#head, end, size);
    this.#head = end;
    this.#count(-size);
    if (this.isEmpty) {
      this.#entries = [];
      this.#head = 0;
    } else if (this.#head > 1024) {
      this.#entries.splice(0, this.#head);
      this.#head = 0;
    }
    return bytes;
  }

  /** Takes entries out of the count of messages, and gives their bytes in one piece: one alone is not copied. */
  #join(start: number, end: number, size: number): Uint8Array {
    const joined = end - start === 1 ? undefined : unfilled(size);
    let at = 0;
    for (let index = start; index < end; index++) {
      const entry = this.#entries[index];
      if (entry === undefined) continue;
      this.#messages -= entry.messages;
      if (joined === undefined) return entry.bytes;
      joined.set(entry.bytes, at);
      at += entry.bytes.length;
    }
    return joined ?? unfilled(0);
  }
}
