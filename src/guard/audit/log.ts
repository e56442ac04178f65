/**
 * The audit: what the guard decided, on the disk before an order leaves.
 *
 * Lines that are given while a flush is under way share the next one. A thread of its own would save little. A flush by libuv's
 * threads takes about 1.3 times that of a blocking call, and does not hold the event loop.
 *
 * @module
 */
import { basename, dirname, resolve } from 'node:path';
import { messageOf } from '../../errors.js';
import type { AuditPolicy } from '../policy/policy.js';
import { acquireLock } from '../state/lock.js';
import type { StateLock } from '../state/lock.js';
import { FilePlace, loadAnchorKey, logPlace } from './anchors.js';
import type { AnchorKey, AnchorPlace } from './anchors.js';
import type { ChainPoint, LineRecord } from './chain-file.js';
import { createGuardClock, timeText } from './clock.js';
import type { GuardClock } from './clock.js';
import type { AuditEntry } from './entry.js';
import { AuditError } from './errors.js';
import { systemFiles } from './files.js';
import type { FileLayer } from './files.js';
import { failureOf, failureText } from './health.js';
import type { AuditDown, AuditHealth } from './health.js';
import { encodeFields, encodeLine } from './line.js';
import { LineQueue } from './queue.js';
import type { Waiting } from './queue.js';
import { Timers } from './timers.js';
import { ChainWriter } from './writer.js';

/** How the audit is opened: a policy's part, and what tests put in the place of the world. */
export interface AuditLogOptions extends AuditPolicy {
  /** What relative paths are relative to: the folder of the policy. */
  readonly folder: string;
  /** Fields of the line `start`: the policy's hash, the version of this package. */
  readonly start?: Readonly<Record<string, unknown>>;
  readonly clock?: GuardClock;
  readonly files?: FileLayer;
  /** Keeps a second process away. Default: a lock beside the audit. */
  readonly lock?: (folder: string, name: string) => Promise<StateLock>;
  /** By how much this machine's clock is off, in ms, where something tells. */
  readonly clockOffset?: () => number | undefined;
  /** Told of each change of `health`. */
  readonly onState?: (health: AuditHealth) => void;
  /** Takes lines that the file does not take, at once: the standard error of a program. */
  readonly emergency?: (line: string) => void;
  /** The place `log` of anchors. */
  readonly log?: (line: string) => void;
  /** What works no more and stops no order: another place of the anchors. */
  readonly onProblem?: (message: string) => void;
}

/** Numbers of the audit, for metrics. */
export interface AuditStats {
  /** The newest line that is on the disk for certain. */
  readonly seq: number;
  /** Lines that wait, or are under way to the disk. */
  readonly waiting: number;
  readonly flushes: number;
  /** The duration of the newest flush, in µs. */
  readonly flushMicros: number;
  /** Time text of the newest anchor; undefined before the first. */
  readonly anchored: string | undefined;
}

/** A flush that takes longer, in ms, counts as failed until it ends. */
const STALL = 250;
/** A timer that is later than this, in µs, says that the event loop stood still. */
const LATE = 50_000;
/** Between two tries while there is no space, in ms. */
const RETRY = 1000;
const ANCHOR_LINES = 1000;
const ANCHOR_MS = 60_000;
/** How long `close` waits for a disk that does not answer, in ms. */
const CLOSE_MS = 5000;

/** The audit of one guard. */
export class AuditLog {
  readonly path: string;
  readonly #options: AuditLogOptions;
  readonly #clock: GuardClock;
  readonly #timers: Timers;
  readonly #places: readonly AnchorPlace[];
  readonly #key: AnchorKey | undefined;
  readonly #lock: StateLock;
  readonly #writer: ChainWriter;
  readonly #queue = new LineQueue();
  /** What is in the commit that is under way. */
  #underWay: readonly Waiting[] = [];
  /** Places that refused the last line. */
  readonly #failing = new Set<AnchorPlace>();
  #running: Promise<void> | undefined;
  #isAnchorDue = false;
  /** There was no space, and it is tried again. */
  #isTrying = false;
  #failure: AuditDown | undefined;
  #stall: AuditDown | undefined;
  #isClosed = false;

  private constructor(
    options: AuditLogOptions,
    path: string,
    lock: StateLock,
    anchors: { readonly key: AnchorKey | undefined; readonly places: readonly AnchorPlace[] },
  ) {
    const { clock = createGuardClock(), files = systemFiles, rotate, clockOffset } = options;
    this.path = path;
    this.#options = options;
    this.#clock = clock;
    this.#timers = new Timers(clock);
    this.#lock = lock;
    this.#key = anchors.key;
    this.#places = anchors.places;
    const publish = (anchor: string): void => {
      this.#publish(anchor);
    };
    this.#writer = new ChainWriter({ path, files, clock, rotate, key: anchors.key, clockOffset, publish });
  }

  /**
   * Opens the audit, repairs its end, and writes `start`. With a full disk it opens, and its `health` says so.
   *
   * @throws {@link AuditError} for a file or key that cannot be used, `StateError` `LOCKED` while another process writes it.
   */
  static async open(options: AuditLogOptions): Promise<AuditLog> {
    const files = options.files ?? systemFiles;
    const path = resolve(options.folder, options.file);
    await files.makeFolder(dirname(path));
    const lock = await (options.lock ?? acquireLock)(dirname(path), `${basename(path)}.lock`);
    try {
      const key =
        options.key === undefined ? undefined : await loadAnchorKey(files, resolve(options.folder, options.key));
      const log = new AuditLog(options, path, lock, { key, places: placesOf(options, files) });
      await log.#begin();
      return log;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** Whether orders may leave. */
  get health(): AuditHealth {
    return this.#failure ?? this.#stall ?? 'ok';
  }

  /** The newest line that is on the disk for certain. */
  get head(): ChainPoint {
    return this.#writer.head;
  }

  /** PEM of the key that checks the anchors; undefined without one. */
  get publicKey(): string | undefined {
    return this.#key?.publicKey;
  }

  get stats(): AuditStats {
    return { seq: this.head.seq, waiting: this.#queue.length + this.#underWay.length, ...this.#writer.stats };
  }

  /**
   * Writes a line. Resolves when it is on the disk; before that, nothing that it tells of may leave.
   *
   * @throws {@link AuditError} `DOWN` at once while the audit cannot be written, `CLOSED` after `close`. The line may be in the
   * file all the same: that nothing followed is for a later line to say.
   */
  append(entry: AuditEntry): Promise<void> {
    const { health } = this;
    if (this.#isClosed) return Promise.reject(new AuditError('CLOSED', 'the audit was closed'));
    if (health !== 'ok') return Promise.reject(new AuditError('DOWN', health.reason));
    const record = this.#recordOf(entry);
    return new Promise((done, fail) => {
      if (this.#queue.push({ record, waiter: { resolve: done, reject: fail } })) this.#run();
      else fail(new AuditError('DOWN', 'too many lines wait for the disk of the audit'));
    });
  }

  /**
   * Writes a line that nobody waits for. While the audit cannot be written, the line is kept in bounded memory. It goes to
   * `emergency` and the places of the anchors at once then. Never throws.
   */
  note(entry: AuditEntry): void {
    const record = this.#recordOf(entry);
    const isKept = !this.#isClosed && this.#queue.push({ record, waiter: undefined });
    if (isKept && this.health === 'ok') this.#run();
    else this.#tellElsewhere(record);
  }

  /** Writes an anchor now. Resolves when it is on the disk, or the audit is down. */
  async anchor(): Promise<void> {
    this.#isAnchorDue = true;
    this.#run();
    await this.#idle();
  }

  /**
   * Goes on in a new file after a failure that does not end by itself.
   *
   * @throws what opening throws; the audit stays down then.
   */
  async recover(who: string, reason: string): Promise<void> {
    await this.#idle();
    if (this.#failure === undefined) return;
    await this.#writer.recover();
    this.#setFailure(undefined);
    this.note({ kind: 'start', who, reason, recovered: true });
    await this.anchor();
  }

  /** Writes `stop`, flushes, and lets the file go. Waits five seconds at most for a disk that does not answer. */
  async close(fields: Readonly<Record<string, unknown>> = {}): Promise<void> {
    if (this.#isClosed) return;
    this.note({ ...fields, kind: 'stop' });
    this.#isClosed = true;
    this.#timers.clear();
    this.#isAnchorDue = true;
    this.#run();
    const late = new Promise<'late'>((done) => {
      this.#timers.set('close', CLOSE_MS, () => {
        done('late');
      });
    });
    const ended = await Promise.race([this.#end(), late]);
    this.#timers.clear();
    this.#rejectAll(new AuditError('CLOSED', 'the audit was closed'));
    // What a disk still holds of this one may come to the file later: then the lock ends with the process.
    if (ended !== 'late') await this.#lock.release();
  }

  async #end(): Promise<void> {
    await this.#idle();
    await this.#writer.close().catch(() => undefined);
    await Promise.all(this.#places.map((place) => place.close()));
  }

  async #begin(): Promise<void> {
    try {
      await this.#writer.open();
    } catch (error) {
      if (failureOf(error) !== 'space') throw error;
      this.#fail(error);
    }
    this.note({ ...this.#options.start, kind: 'start' });
    this.#timers.repeat('anchor', ANCHOR_MS, () => {
      this.#isAnchorDue = true;
      this.#run();
    });
    await this.anchor();
  }

  #recordOf(entry: AuditEntry): LineRecord {
    return { kind: entry.kind, time: this.#now(), fields: encodeFields(entry) };
  }

  #now(): string {
    return timeText(this.#clock.micros());
  }

  /** Sees to it that what waits is written: after this turn of the event loop, so that all that it brings share the flush. */
  #run(): void {
    this.#running ??= new Promise<void>((done) => {
      setImmediate(done);
    }).then(async () => {
      while (this.#hasWork()) await this.#step();
      this.#running = undefined;
    });
  }

  async #idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  #hasWork(): boolean {
    if (this.#failure !== undefined && !this.#isTrying) return false;
    return this.#queue.length > 0 || this.#isAnchorDue;
  }

  async #step(): Promise<void> {
    this.#watchStall();
    try {
      await this.#commit();
    } catch (error) {
      this.#endStall();
      this.#isTrying = false;
      this.#fail(error);
      this.#underWay = [];
      return;
    }
    this.#endStall();
    this.#isTrying = false;
    if (this.#failure !== undefined) this.#setFailure(undefined);
    const written = this.#underWay;
    this.#underWay = [];
    for (const { waiter } of written) waiter?.resolve();
  }

  /** Writes what waits, and flushes it when somebody waits for it. What nobody waits for is flushed by a later flush. */
  async #commit(): Promise<void> {
    const batch = this.#queue.take();
    const lost = this.#queue.takeLost();
    this.#underWay = batch;
    const records = batch.map(({ record }) => record);
    if (lost > 0) records.push(this.#recordOf({ kind: 'lost', lines: lost }));
    try {
      await this.#writer.write(records);
    } catch (error) {
      const kept = batch.filter(({ waiter }) => waiter === undefined);
      this.#queue.putBack(kept, lost);
      throw error;
    }
    if (this.#isAnchorDue || this.#writer.sinceAnchor >= ANCHOR_LINES) {
      await this.#writer.anchor();
      this.#isAnchorDue = false;
    } else if (batch.some(({ waiter }) => waiter !== undefined)) {
      await this.#writer.flush();
    }
  }

  /** Refuses from here on. */
  #fail(error: unknown): void {
    const failed = failureOf(error);
    this.#setFailure({ failed, reason: failureText(failed, this.path, error), since: this.#now() });
    if (failed !== 'space') {
      this.#writer.abandon().catch((cause: unknown) => {
        this.#problem(`that the audit failed cannot be written beside it: ${messageOf(cause)}`);
      });
      return;
    }
    if (this.#isClosed) return;
    this.#timers.set('retry', RETRY, () => {
      this.#isTrying = true;
      // A line to try with, which is flushed.
      this.#isAnchorDue = true;
      this.#run();
    });
  }

  #setFailure(failure: AuditDown | undefined): void {
    const isNew = this.#failure?.failed !== failure?.failed;
    this.#failure = failure;
    if (failure !== undefined) this.#refuseAll(failure, isNew);
    if (isNew) this.#told();
  }

  /** Counts as failed what takes too long. */
  #watchStall(): void {
    const due = this.#clock.micros() + STALL * 1000;
    this.#timers.set('stall', STALL, () => {
      // A program that stood still itself has not heard of what the disk did meanwhile.
      if (this.#clock.micros() - due > LATE) this.#watchStall();
      else this.#stalled();
    });
  }

  #stalled(): void {
    const reason = failureText('stalled', this.path, new Error(`a write takes more than ${STALL} ms`));
    this.#stall = { failed: 'stalled', reason, since: this.#now() };
    this.#refuseAll(this.#stall, true);
    if (this.#failure === undefined) this.#told();
  }

  #endStall(): void {
    this.#timers.stop('stall');
    if (this.#stall === undefined) return;
    this.#stall = undefined;
    if (this.#failure === undefined) this.#told();
  }

  #refuseAll({ reason }: AuditDown, isNew: boolean): void {
    this.#rejectAll(new AuditError('DOWN', reason));
    if (isNew) for (const { record } of this.#queue.items()) this.#tellElsewhere(record);
  }

  #rejectAll(error: AuditError): void {
    // A line that was rejected here and comes to the disk after all resolves to nobody.
    for (const { waiter } of this.#underWay) waiter?.reject(error);
    this.#queue.rejectWaiting(error);
  }

  /** Where the file takes no lines, others get them, without a place in the chain. */
  #tellElsewhere({ kind, time, fields }: LineRecord): void {
    const line = encodeLine(0, time, kind, '', fields);
    this.#safely(() => this.#options.emergency?.(line));
    this.#publish(line);
  }

  #publish(line: string): void {
    for (const place of this.#places) {
      place.write(line).then(
        () => this.#failing.delete(place),
        (error: unknown) => {
          // Once, until it works again: a failure of the audit sends many lines there.
          if (this.#failing.has(place)) return;
          this.#failing.add(place);
          const { name } = place;
          this.#problem(`lines for ${name}, where anchors of the audit go, cannot be written: ${messageOf(error)}`);
        },
      );
    }
  }

  #told(): void {
    this.#safely(() => this.#options.onState?.(this.health));
  }

  #problem(message: string): void {
    this.#safely(() => this.#options.onProblem?.(message));
  }

  /** A listener that throws must not stop the audit. */
  #safely(call: () => void): void {
    try {
      call();
    } catch (error) {
      process.emitWarning(`a listener of the audit threw: ${messageOf(error)}`, 'VnpyBridgeWarning');
    }
  }
}

function placesOf(options: AuditLogOptions, files: FileLayer): readonly AnchorPlace[] {
  const { anchors, folder, log = () => undefined } = options;
  return anchors.map((place) =>
    place === 'log' ? logPlace(log) : new FilePlace(files, resolve(folder, place.replace(/^file:/, ''))),
  );
}
