/**
 * After a takeover: what the journal says is compared with what the server lists, and the guard counts the orders of others.
 *
 * @module
 */
import { messageOf } from '../../errors.js';
import type { AdoptedOrder } from '../../guard/index.js';
import type { Logger } from '../../rpc/index.js';
import type { OrderData, TradingEngine } from '../../vnpy/index.js';
import { Elapsed, isOver, pause } from './clock.js';
import type { ClusterClock } from '../transport/clock.js';
import { compare } from './compare.js';
import type { Comparison } from './compare.js';
import type { Journal } from './journal.js';
import { requestOf } from './journal-entry.js';
import type { JournalEntry } from './journal-entry.js';
import type { AccountMemory } from './memory.js';
import type { Beyond } from './pass-through.js';
import type { Records } from './records.js';
import type { RecoveryCall } from './tenure.js';

/** What a recovery works with. */
export interface RecoveryParts {
  readonly engine: TradingEngine & Beyond;
  readonly journal: Journal | undefined;
  readonly records: Records;
  readonly memory: AccountMemory;
  readonly clock: ClusterClock;
  readonly logger: Logger;
  /** The name of the edge. */
  readonly edge: string;
  /** How much of the journal is read, in ms back from now: a trading day and more. */
  readonly span: number;
  /** How long orders that were answered may stay away from the server's list, in ms. */
  readonly settle: number;
  /** How often it is compared again, in ms. */
  readonly interval: number;
  /** Orders that this process sends just now. */
  readonly isUnderWay: (key: string) => boolean;
  /** `Guard` is one. */
  readonly guard?: RecoveryGuard | undefined;
}

/** The guard, as a recovery needs it. */
export interface RecoveryGuard {
  adoptOrders(orders: readonly AdoptedOrder[]): Promise<void>;
  /** `state`: the folder in which it keeps its counts; undefined where it forgets them with its process. */
  status(): { readonly state: string | undefined };
}

/** Older orders may be those of another session of the server, which it does not list any more; in ms. */
const RECENT = 120_000;

/** How a recovery stands. */
export interface RecoveryReport {
  /** Orders of the journal that were looked at. */
  readonly orders: number;
  /** Found at the server by this comparison, though nobody had written it down. */
  readonly found: number;
  /** Of which nobody knows what became of them, and that the server has not. */
  readonly absent: number;
  /** Keys of which an order of the server may be one, or may not. */
  readonly doubtful: readonly string[];
  /** Ids of orders that were answered a short time ago, and that the server does not list. */
  readonly missing: readonly string[];
}

/** Recovers, and goes on comparing while the account is held. */
export class Recovery {
  readonly #parts: RecoveryParts;
  #report: RecoveryReport | undefined;
  #accepted: { readonly by: string; readonly why: string } | undefined;
  #wake = new AbortController();
  /** This process has given its guard what the journal has. */
  #hasAdopted = false;

  constructor(parts: RecoveryParts) {
    this.#parts = parts;
  }

  /** Undefined before the first comparison. */
  get report(): RecoveryReport | undefined {
    return this.#report;
  }

  /** A person has looked at what is doubtful: trading goes on. What is unknown stays so, and is never sent again. */
  accept(by: string, why: string): void {
    this.#accepted = { by, why };
    this.#parts.logger.warn(`cluster: ${by} accepts what is not known: ${why}`);
    this.#wake.abort();
  }

  /**
   * Resolves when journal and server agree, or a person has accepted that they do not.
   *
   * @throws the engine's or the store's error: it is tried again.
   */
  async run(call: RecoveryCall): Promise<void> {
    const { journal, clock, settle, interval, logger } = this.#parts;
    this.#accepted = undefined;
    if (journal === undefined) {
      await this.#list();
      return;
    }
    const since = new Elapsed(clock);
    for (;;) {
      const report = await this.#compareOnce(journal);
      if (isOver(call.signal)) return;
      const { doubtful, missing } = report;
      const isLate = missing.length > 0 && since.atLeast < settle;
      if (!isLate && (doubtful.length === 0 || this.#isAccepted)) {
        if (missing.length > 0)
          logger.warn(`cluster: the server does not list ${missing.length} orders of the journal: ${some(missing)}`);
        break;
      }
      call.tell(
        isLate
          ? `the server does not list ${missing.length} orders yet: ${some(missing)}`
          : `what became of ${doubtful.length} orders is not clear: ${some(doubtful)}; look, and say \`vnpy-bridge cluster takeover --accept-loss\``,
      );
      await this.#idle(interval, call.signal);
      if (isOver(call.signal)) return;
    }
    void this.#follow(journal, call.signal);
  }

  get #isAccepted(): boolean {
    return this.#accepted !== undefined;
  }

  /** Orders whose answer was lost may turn up later. */
  async #follow(journal: Journal, signal: AbortSignal): Promise<void> {
    for (;;) {
      await pause(this.#parts.clock, this.#parts.interval, signal);
      if (isOver(signal)) return;
      if (this.#open(journal).length === 0) continue;
      try {
        await this.#compareOnce(journal);
      } catch (error) {
        this.#parts.logger.warn(`cluster: the journal could not be compared with the server: ${messageOf(error)}`);
      }
    }
  }

  async #compareOnce(journal: Journal): Promise<RecoveryReport> {
    await journal.catchUp(this.#from());
    const listed = await this.#list();
    const isBound = (id: string): boolean => journal.index.withId(id) !== undefined;
    const { found, absent, doubtful } = compare(this.#open(journal), listed, isBound);
    // No promise is awaited here: it is known at once, and is written when the store takes it.
    for (const [entry, order] of found) void journal.settle(entry, { outcome: 'sent', vtOrderid: order.vt_orderid });
    await this.#adopt(journal, { found, absent, doubtful });
    const ids = new Set(listed.map(({ vt_orderid: id }) => id));
    const missing: string[] = [];
    let orders = 0;
    for (const { result, at } of journal.index.values()) {
      orders++;
      if (result?.outcome !== 'sent' || ids.has(result.vtOrderid)) continue;
      if (this.#parts.clock.wall() - at < RECENT) missing.push(result.vtOrderid);
    }
    const keys = doubtful.map(({ key }) => key);
    return (this.#report = { orders, found: found.length, absent: absent.length, doubtful: keys, missing });
  }

  /** The guard counts what others have sent, once, and hears of what is known later. */
  async #adopt(journal: Journal, { found, absent, doubtful }: Comparison): Promise<void> {
    const { guard, memory, edge } = this.#parts;
    if (guard === undefined) return;
    const { facts } = memory;
    const forgets = guard.status().state === undefined && !this.#hasAdopted;
    const { counted, hasCounted } = forgets ? { counted: 0, hasCounted: false } : facts;
    // Its own orders its guard has counted itself; but for one that has lost its state folder, or has none. Where only the memory
    // of the edge is lost, they count twice, and not never.
    const isOther = (entry: JournalEntry): boolean => !hasCounted || entry.edge !== edge;
    let newest = counted;
    const orders = new Map<string, JournalEntry>();
    for (const entry of journal.index.values()) {
      const seq = Math.floor(entry.seq);
      if (this.#parts.isUnderWay(entry.key)) continue;
      newest = Math.max(newest, seq);
      if (seq > counted && isOther(entry)) orders.set(entry.key, entry);
    }
    for (const [{ key }] of found) {
      const entry = journal.index.get(key);
      if (entry !== undefined && isOther(entry)) orders.set(key, entry);
    }
    for (const entry of [...absent, ...doubtful]) if (isOther(entry)) orders.set(entry.key, entry);
    await guard.adoptOrders([...orders.values()].map(adopted).filter((order) => order !== undefined));
    // After the counts: a crash in between counts twice, and not never.
    this.#hasAdopted = true;
    if (newest > counted || !facts.hasCounted) await memory.save({ counted: newest, hasCounted: true });
  }

  async #list(): Promise<readonly OrderData[]> {
    const { engine } = this.#parts;
    await engine.resync?.();
    return engine.getAllOrders();
  }

  #open(journal: Journal): readonly JournalEntry[] {
    return journal.index.open().filter(({ key }) => !this.#parts.isUnderWay(key));
  }

  /** Where in the journal this begins to read: the newest mark that is old enough. */
  #from(): number {
    const { records, clock, span } = this.#parts;
    const marks = records.latest.record?.marks ?? [];
    const before = clock.wall() - span;
    return marks.findLast(({ at }) => at <= before)?.seq ?? 0;
  }

  async #idle(ms: number, signal: AbortSignal): Promise<void> {
    this.#wake = new AbortController();
    await pause(this.#parts.clock, ms, AbortSignal.any([signal, this.#wake.signal]));
  }
}

function adopted(entry: JournalEntry): AdoptedOrder | undefined {
  const { id, principal, gateway: gatewayName, at, result } = entry;
  const request = requestOf(entry);
  if (request === undefined) return undefined;
  const order = { id, principal, gatewayName, request, at };
  return result?.outcome === 'sent'
    ? { ...order, outcome: 'sent', vtOrderid: result.vtOrderid }
    : { ...order, outcome: result?.outcome ?? 'unknown' };
}

/** The first of many. */
function some(names: readonly string[]): string {
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')}, …`;
}
