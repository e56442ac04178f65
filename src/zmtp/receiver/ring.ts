/**
 * A bounded queue of messages from one thread to another: a ring in shared memory, and a detour for what the ring cannot
 * hold. One thread writes, one reads.
 *
 * Memory follows need. While the reader keeps up, only the front of the ring is used. What is more than the ring holds, or
 * larger than it, goes in chunks that are handed over by the port. They are the system's again once they are read. A mark in the
 * ring says where the detour begins, and a parcel of the port says where it ends: so the order is kept.
 *
 * @module
 */

/** The memory that both threads share. */
export interface RingMemory {
  readonly control: SharedArrayBuffer;
  readonly data: SharedArrayBuffer;
}

/** What may wait to be read. What comes beyond it is dropped and counted. */
export interface RingLimits {
  readonly messages: number;
  /** Bytes on the detour. One message is taken whatever its size when none waits there. */
  readonly bytes: number;
}

/** What goes through the port from the writer to the reader. Every one has to wake the reader. */
export type Parcel<Event> =
  | { readonly kind: 'wake' }
  | { readonly kind: 'chunk'; readonly buffer: ArrayBuffer; readonly length: number }
  | { readonly kind: 'event'; readonly event: Event }
  | { readonly kind: 'resume' };

/** Gets what a {@link RingReader} has read. */
export interface RingSink<Event> {
  /** A message. Its parts are good until this returns. */
  message(parts: readonly Uint8Array[]): void;
  event(event: Event): void;
}

/** Bytes of the ring: a tenth of a second of 20,000 ticks a second, and more than a burst of vnpy has. */
export const RING_BYTES = 4 * 2 ** 20;

// Places in the control block, by who writes them: each on a cache line of its own.
const HEAD = 0;
const DROPPED = 1;
const TAIL = 16;
const TAKEN = 17;
const FREED = 18;
const SLEEPS = 32;
const CONTROL_WORDS = 48;

/** What stands instead of a number of parts: go on at the front, or at the port. */
const WRAP = 0xffff_ffff;
const DETOUR = 0xffff_fffe;
const WORD = 4;

/** From here on, or from a quarter of it, an empty ring begins again at its front. */
const FRONT = 256 * 1024;
/** Bytes of a chunk of the detour, unless a message is larger. */
const CHUNK = 64 * 1024;
/** Bytes of the reader's copy of a message, unless it is larger. */
const SCRATCH = 64 * 1024;

/** @param bytes - A power of two. */
export function newRing(bytes = RING_BYTES): RingMemory {
  if (bytes < 16 || bytes > 2 ** 30 || (bytes & (bytes - 1)) !== 0)
    throw new RangeError(`a ring has a power of two of bytes, from 16 to 2^30, not ${bytes}`);
  return { control: new SharedArrayBuffer(CONTROL_WORDS * WORD), data: new SharedArrayBuffer(bytes) };
}

/** The thread that writes. */
export class RingWriter<Event> {
  readonly #control: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #words: Uint32Array;
  readonly #capacity: number;
  readonly #front: number;
  readonly #limits: RingLimits;
  readonly #post: (parcel: Parcel<Event>, transfer: readonly ArrayBuffer[]) => void;
  /** Bytes written and read so far, and messages, each modulo 2^32. Those of the reader are as they were last looked at. */
  #head = 0;
  #tail = 0;
  #written = 0;
  #taken = 0;
  #isDetoured = false;
  #chunk: Uint8Array | undefined;
  #filled = 0;
  /** The chunks that are not read yet. */
  readonly #sent: number[] = [];
  #sentBytes = 0;
  #freed = 0;

  /** @param post - Hands a parcel to the reader's thread, in order. */
  constructor(
    { control, data }: RingMemory,
    limits: RingLimits,
    post: (parcel: Parcel<Event>, transfer: readonly ArrayBuffer[]) => void,
  ) {
    this.#control = new Int32Array(control);
    this.#bytes = new Uint8Array(data);
    this.#words = new Uint32Array(data);
    this.#capacity = data.byteLength;
    this.#front = Math.min(FRONT, data.byteLength / 4);
    this.#limits = limits;
    this.#post = post;
  }

  /** Takes a message, of which it keeps nothing. Returns false when it was dropped. */
  write(parts: readonly Uint8Array[]): boolean {
    const size = recordBytes(parts);
    if (!this.#hasRoom()) return this.#drop();
    const at = this.#isDetoured && !this.#resume() ? undefined : this.#place(size);
    if (at === undefined) {
      if (!this.#detourTakes(size)) return this.#drop();
      this.#divert(parts, size);
    } else {
      writeRecord(this.#bytes, this.#words, at, parts);
      this.#publish(size);
      this.#wake();
    }
    this.#written = (this.#written + 1) | 0;
    return true;
  }

  /** Tells the reader of something, in order with the messages. It is never dropped. */
  tell(event: Event): void {
    this.#detour();
    this.#flush();
    this.#post({ kind: 'event', event }, []);
  }

  #hasRoom(): boolean {
    const { messages } = this.#limits;
    if (((this.#written - this.#taken) | 0) < messages) return true;
    this.#taken = Atomics.load(this.#control, TAKEN);
    return ((this.#written - this.#taken) | 0) < messages;
  }

  #drop(): false {
    Atomics.add(this.#control, DROPPED, 1);
    return false;
  }

  /** Where a record of this size goes; undefined while the ring has no room for it. Room for a mark is always left. */
  #place(size: number): number | undefined {
    let at = this.#head & (this.#capacity - 1);
    let skipped = at + size > this.#capacity ? this.#capacity - at : 0;
    if (at >= this.#front && size + WORD <= at && this.#isRead()) skipped = this.#capacity - at;
    const needed = skipped + size + WORD;
    if (this.#used() + needed > this.#capacity) {
      this.#tail = Atomics.load(this.#control, TAIL);
      if (this.#used() + needed > this.#capacity) return undefined;
    }
    if (skipped > 0) {
      this.#words[at / WORD] = WRAP;
      this.#head = (this.#head + skipped) | 0;
      at = 0;
    }
    return at;
  }

  #used(): number {
    return (this.#head - this.#tail) >>> 0;
  }

  #isRead(): boolean {
    this.#tail = Atomics.load(this.#control, TAIL);
    return this.#tail === this.#head;
  }

  #publish(size: number): void {
    this.#head = (this.#head + size) | 0;
    Atomics.store(this.#control, HEAD, this.#head);
  }

  /** The reader sets the flag before it looks a last time, and this looks at it after it has written: one of both sees. */
  #wake(): void {
    if (Atomics.load(this.#control, SLEEPS) === 1 && Atomics.exchange(this.#control, SLEEPS, 0) === 1)
      this.#post({ kind: 'wake' }, []);
  }

  #detour(): void {
    if (this.#isDetoured) return;
    this.#isDetoured = true;
    this.#words[(this.#head & (this.#capacity - 1)) / WORD] = DETOUR;
    this.#publish(WORD);
  }

  /** Whether the way leads over the ring again: as soon as all of it is read. */
  #resume(): boolean {
    if (this.#chunk !== undefined || !this.#isRead()) return false;
    this.#isDetoured = false;
    this.#post({ kind: 'resume' }, []);
    return true;
  }

  #detourTakes(size: number): boolean {
    const freed = Atomics.load(this.#control, FREED);
    for (; this.#freed !== freed; this.#freed = (this.#freed + 1) | 0) this.#sentBytes -= this.#sent.shift() ?? 0;
    const waiting = this.#sentBytes + this.#filled;
    return waiting === 0 || waiting + size <= this.#limits.bytes;
  }

  #divert(parts: readonly Uint8Array[], size: number): void {
    this.#detour();
    if (this.#chunk !== undefined && this.#filled + size > this.#chunk.length) this.#flush();
    let chunk = this.#chunk;
    if (chunk === undefined) {
      chunk = this.#chunk = new Uint8Array(Math.max(size, CHUNK));
      // What comes in one go leaves in one chunk.
      queueMicrotask(() => {
        this.#flush();
      });
    }
    writeRecord(chunk, new Uint32Array(chunk.buffer), this.#filled, parts);
    this.#filled += size;
  }

  #flush(): void {
    const chunk = this.#chunk;
    if (chunk === undefined) return;
    const length = this.#filled;
    const buffer = length > (chunk.length * 3) / 4 ? (chunk.buffer as ArrayBuffer) : chunk.slice(0, length).buffer;
    this.#chunk = undefined;
    this.#filled = 0;
    this.#sent.push(buffer.byteLength);
    this.#sentBytes += buffer.byteLength;
    this.#post({ kind: 'chunk', buffer, length }, [buffer]);
  }
}

/** The thread that reads. */
export class RingReader<Event> {
  readonly #control: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #words: Uint32Array;
  readonly #capacity: number;
  readonly #sink: RingSink<Event>;
  readonly #scratch = new Uint8Array(SCRATCH);
  #head = 0;
  #tail = 0;
  #isDetoured = false;
  readonly #parcels: Parcel<Event>[] = [];
  #chunk: { readonly bytes: Uint8Array; readonly words: Uint32Array; readonly length: number } | undefined;
  /** Where the next record of the chunk is. */
  #at = 0;
  #taken = 0;
  #dropped = 0;
  #droppedWord = 0;

  constructor({ control, data }: RingMemory, sink: RingSink<Event>) {
    this.#control = new Int32Array(control);
    this.#bytes = new Uint8Array(data);
    this.#words = new Uint32Array(data);
    this.#capacity = data.byteLength;
    this.#sink = sink;
  }

  /** Messages that were handed out. */
  get taken(): number {
    return this.#taken;
  }

  /** Messages that the writer dropped, because too many waited. */
  get dropped(): number {
    const word = Atomics.load(this.#control, DROPPED);
    this.#dropped += (word - this.#droppedWord) >>> 0;
    this.#droppedWord = word;
    return this.#dropped;
  }

  /** Takes what came through the port. */
  accept(parcel: Parcel<Event>): void {
    if (parcel.kind !== 'wake') this.#parcels.push(parcel);
  }

  /** Hands one message or event to the sink. Returns false when there is none. */
  next(): boolean {
    while (true) {
      const found = this.#isDetoured ? this.#nextOfDetour() : this.#nextOfRing();
      if (found !== undefined) return found;
    }
  }

  /** Returns true when there is nothing, and the writer will wake this thread; false when something has just come. */
  sleep(): boolean {
    Atomics.store(this.#control, SLEEPS, 1);
    if (this.#isDetoured ? this.#parcels.length === 0 : Atomics.load(this.#control, HEAD) === this.#tail) return true;
    Atomics.store(this.#control, SLEEPS, 0);
    return false;
  }

  /** Undefined when it goes on elsewhere. */
  #nextOfRing(): boolean | undefined {
    if (this.#head === this.#tail) {
      this.#head = Atomics.load(this.#control, HEAD);
      if (this.#head === this.#tail) return false;
    }
    const at = this.#tail & (this.#capacity - 1);
    const count = this.#words[at / WORD] ?? 0;
    if (count === WRAP) {
      this.#release(this.#capacity - at);
      return undefined;
    }
    if (count === DETOUR) {
      this.#isDetoured = true;
      this.#release(WORD);
      return undefined;
    }
    const start = at + WORD * (1 + count);
    let end = start;
    for (let index = 1; index <= count; index++) end += this.#words[at / WORD + index] ?? 0;
    const length = end - start;
    const copy = length <= SCRATCH ? this.#scratch : new Uint8Array(length);
    copy.set(this.#bytes.subarray(start, end));
    const parts = partsOf(this.#words, at, count, copy, 0);
    // Before it is handed out: the sink may throw.
    this.#release(aligned(end) - at);
    this.#deliver(parts);
    return true;
  }

  #nextOfDetour(): boolean | undefined {
    const chunk = this.#chunk;
    if (chunk === undefined) return this.#nextParcel();
    const { bytes, words, length } = chunk;
    const at = this.#at;
    const count = words[at / WORD] ?? 0;
    const start = at + WORD * (1 + count);
    const parts = partsOf(words, at, count, bytes, start);
    let end = start;
    for (const part of parts) end += part.length;
    this.#at = aligned(end);
    if (this.#at >= length) {
      this.#chunk = undefined;
      Atomics.add(this.#control, FREED, 1);
    }
    this.#deliver(parts);
    return true;
  }

  #nextParcel(): boolean | undefined {
    const parcel = this.#parcels.shift();
    if (parcel === undefined) return false;
    switch (parcel.kind) {
      case 'chunk': {
        const { buffer, length } = parcel;
        this.#chunk = { bytes: new Uint8Array(buffer), words: new Uint32Array(buffer), length };
        this.#at = 0;
        return undefined;
      }
      case 'event':
        this.#sink.event(parcel.event);
        return true;
      case 'resume':
        this.#isDetoured = false;
        return undefined;
      case 'wake':
        return undefined;
    }
  }

  #release(bytes: number): void {
    this.#tail = (this.#tail + bytes) | 0;
    Atomics.store(this.#control, TAIL, this.#tail);
  }

  #deliver(parts: readonly Uint8Array[]): void {
    this.#taken++;
    Atomics.store(this.#control, TAKEN, this.#taken | 0);
    this.#sink.message(parts);
  }
}

// A record: the number of parts, their lengths, each a word; then their bytes, filled up to a word.

function aligned(bytes: number): number {
  return Math.ceil(bytes / WORD) * WORD;
}

function recordBytes(parts: readonly Uint8Array[]): number {
  let total = WORD * (1 + parts.length);
  for (const part of parts) total += part.length;
  return aligned(total);
}

function writeRecord(bytes: Uint8Array, words: Uint32Array, start: number, parts: readonly Uint8Array[]): void {
  let word = start / WORD;
  let at = start + WORD * (1 + parts.length);
  words[word++] = parts.length;
  for (const part of parts) {
    words[word++] = part.length;
    bytes.set(part, at);
    at += part.length;
  }
}

/** @param start - Where in `bytes` the parts of the record begin. */
function partsOf(words: Uint32Array, record: number, count: number, bytes: Uint8Array, start: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let at = start;
  for (let index = 1; index <= count; index++) {
    const length = words[record / WORD + index] ?? 0;
    parts.push(bytes.subarray(at, at + length));
    at += length;
  }
  return parts;
}
