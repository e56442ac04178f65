/**
 * Writes the chain: into which file, with anchors, and whether that file is still the one.
 *
 * @module
 */
import { bareAnchor } from './anchors.js';
import type { AnchorFacts, AnchorKey } from './anchors.js';
import type { ChainFile, ChainPoint, LineRecord } from './chain-file.js';
import { timeText } from './clock.js';
import type { GuardClock } from './clock.js';
import type { FileLayer } from './files.js';
import { NO_LINE } from './line.js';
import { markFailed, openChain, recover } from './open-chain.js';
import type { FailedEnd, OpenedChain } from './open-chain.js';

/** What a {@link ChainWriter} works with. */
export interface WriterOptions {
  readonly path: string;
  readonly files: FileLayer;
  readonly clock: GuardClock;
  readonly rotate: { readonly bytes: number; readonly day: boolean };
  readonly key: AnchorKey | undefined;
  readonly clockOffset: (() => number | undefined) | undefined;
  /** Takes each anchor that is on the disk. */
  readonly publish: (anchor: string) => void;
}

/** Between two looks whether the file is still there, in µs. */
const LOOK = 1_000_000;

/** Not for two callers at a time. Rejects with what `failureOf` reads. */
export class ChainWriter {
  readonly #options: WriterOptions;
  #chain: ChainFile | undefined;
  #failedEnd: FailedEnd | undefined;
  #abandoning: Promise<void> | undefined;
  #known: ChainPoint = { seq: 0, hash: NO_LINE };
  /** The day of the file: `2026-11-29`, in UTC. */
  #day = '';
  #looked = 0;
  #sinceAnchor = 0;
  #flushes = 0;
  #flushMicros = 0;
  #anchored: string | undefined;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  /** The newest line that is on the disk for certain. */
  get head(): ChainPoint {
    return this.#chain?.synced ?? this.#known;
  }

  get sinceAnchor(): number {
    return this.#sinceAnchor;
  }

  /** How many flushes there were, the duration of the newest in µs, and the time of the newest anchor. */
  get stats(): { readonly flushes: number; readonly flushMicros: number; readonly anchored: string | undefined } {
    return { flushes: this.#flushes, flushMicros: this.#flushMicros, anchored: this.#anchored };
  }

  /** Opens the file where none is open. */
  async open(): Promise<ChainFile> {
    if (this.#chain !== undefined) return this.#chain;
    const { files, path } = this.#options;
    return this.#adopt(await openChain(files, path, this.#now()));
  }

  /** Writes lines, all or none, without a flush. */
  async write(records: readonly LineRecord[]): Promise<void> {
    const chain = await this.#current();
    if (records.length === 0) return;
    await chain.write(records);
    this.#sinceAnchor += records.length;
  }

  /** Resolves when all that was written is on the disk, in a file that is still there. */
  async flush(): Promise<void> {
    const chain = await this.open();
    const begun = this.#options.clock.micros();
    await chain.sync();
    const now = this.#options.clock.micros();
    this.#flushMicros = now - begun;
    this.#flushes++;
    this.#known = chain.synced;
    // Also where the clock was set back.
    if (Math.abs(now - this.#looked) < LOOK) return;
    await chain.check();
    this.#looked = now;
  }

  /** Writes an anchor, flushes, and publishes it. */
  async anchor(): Promise<void> {
    const chain = await this.open();
    await chain.check();
    const { key, clockOffset, publish } = this.#options;
    const time = this.#now();
    const { seq, hash: head } = chain.head;
    const facts: AnchorFacts = { seq, head, lines: chain.lines, time, clockOffset: clockOffset?.() ?? null };
    const anchor = JSON.stringify(key?.sign(facts) ?? bareAnchor(facts));
    await chain.write([{ kind: 'anchor', time, fields: `,${anchor.slice(1)}` }]);
    await this.flush();
    this.#sinceAnchor = 0;
    this.#anchored = time;
    publish(anchor);
  }

  /** Gives the file up: nothing more is written to it, not by a later start either. */
  async abandon(): Promise<void> {
    const chain = this.#chain;
    if (chain === undefined) return;
    this.#chain = undefined;
    const end = { synced: chain.synced, written: chain.head };
    this.#failedEnd = end;
    this.#abandoning = (async () => {
      await chain.close().catch(() => undefined);
      await markFailed(this.#options.files, this.#options.path, end);
    })();
    await this.#abandoning;
  }

  /** Goes on in a new file behind one that was given up. */
  async recover(): Promise<void> {
    const { files, path } = this.#options;
    await this.#abandoning?.catch(() => undefined);
    if (this.#failedEnd === undefined) await this.open();
    else this.#adopt(await recover(files, path, this.#now(), this.#failedEnd));
    this.#failedEnd = undefined;
  }

  async close(): Promise<void> {
    await this.#chain?.close();
    this.#chain = undefined;
  }

  /** The file to write to: a new one when the old one is full or of another day. */
  async #current(): Promise<ChainFile> {
    const chain = await this.open();
    const { rotate } = this.#options;
    const today = this.#now().slice(0, 10);
    const isDue = chain.size > 0 && (chain.size >= rotate.bytes || (rotate.day && today > this.#day));
    if (!isDue) return chain;

    await this.anchor();
    this.#chain = undefined;
    try {
      await chain.rotate(this.#now());
    } finally {
      // Closed, it has ended, or opening finds out how far that came.
      if (!chain.isClosed) this.#chain = chain;
    }
    const next = await this.open();
    this.#day = today;
    await this.anchor();
    return next;
  }

  #adopt({ chain, lastTime }: OpenedChain): ChainFile {
    this.#chain = chain;
    this.#day = (lastTime ?? this.#now()).slice(0, 10);
    return chain;
  }

  #now(): string {
    return timeText(this.#options.clock.micros());
  }
}
