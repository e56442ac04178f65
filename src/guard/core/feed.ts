/**
 * Keeps the book of limits beside an engine: its state at the beginning, and everything that happens after it.
 *
 * @module
 */
import { EventType } from '../../vnpy/index.js';
import type { AccountData, ContractData, Event, TradingEngine } from '../../vnpy/index.js';
import { classify } from '../../vnpy/internal.js';
import type { RiskBook } from '../limits/index.js';

/** A piece of state that an engine may tell of beside TradingEngine's: RpcGateway does. */
interface Linked {
  status(): { readonly state: string };
  on(name: 'status', listener: (status: { readonly state: string }) => void): () => void;
  on(name: 'resynced', listener: (report: ResyncReport) => void): () => void;
}

type ResyncReport = Parameters<RiskBook['onResynced']>[0];

/** Whether an engine has a connection of its own, which can be lost. */
function isLinked(engine: TradingEngine): engine is TradingEngine & Linked {
  return 'status' in engine && typeof engine.status === 'function';
}

/** What the guard does about an event beside the book's own. */
export interface FeedListener {
  /** An order, a fill, a position or an account has changed. */
  changed(): void;
  /** The connection to the server has changed: what is under way may be lost. */
  link(isUp: boolean): void;
}

/** Kinds of which a restart has to know. */
const CHANGES: ReadonlySet<string> = new Set(['order', 'trade', 'position', 'account']);

/** One engine's events and snapshots, into the book. */
export class Feed {
  readonly #engine: TradingEngine;
  readonly #book: RiskBook;
  readonly #listener: FeedListener;
  readonly #ends: (() => void)[] = [];
  /** Events that came while the snapshot was asked for. */
  #early: Event[] | undefined = [];
  /** Counts the connections: an order that was decided over one does not leave over the next. */
  #epoch = 0;
  #isUp = true;
  readonly #contracts = new Map<string, ContractData>();
  /** The accounts of each gateway. */
  readonly #accounts = new Map<string, Set<string>>();
  /** Resolves when the first snapshot is in. */
  readonly ready: Promise<void>;

  constructor(engine: TradingEngine, book: RiskBook, listener: FeedListener) {
    this.#engine = engine;
    this.#book = book;
    this.#listener = listener;
    this.#ends.push(
      engine.on('event', (event) => {
        if (this.#early === undefined) this.#take(event);
        else this.#early.push(event);
      }),
    );
    if (isLinked(engine)) this.#follow(engine);
    this.ready = this.#snapshot();
    this.ready.catch(() => undefined); // Whoever sends an order hears of it.
  }

  /** The number of the present connection. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Whether the engine can be reached, as far as it tells. */
  get isUp(): boolean {
    return this.#isUp;
  }

  /** A contract as the server told it last. */
  contractOf(vtSymbol: string): ContractData | undefined {
    return this.#contracts.get(vtSymbol);
  }

  /** Whether the server has told of this gateway. */
  hasGateway(name: string): boolean {
    return this.#accounts.has(name);
  }

  /** The account of a gateway; undefined where it has none, or several: vnpy's orders name none. */
  accountOf(gatewayName: string): string | undefined {
    const accounts = this.#accounts.get(gatewayName);
    return accounts?.size === 1 ? [...accounts][0] : undefined;
  }

  /** Listens no more. */
  close(): void {
    for (const end of this.#ends.splice(0)) end();
  }

  #follow(engine: TradingEngine & Linked): void {
    this.#isUp = engine.status().state === 'connected';
    this.#ends.push(
      engine.on('status', ({ state }) => {
        const isUp = state === 'connected';
        if (isUp === this.#isUp) return;
        this.#isUp = isUp;
        this.#epoch++;
        this.#book.onLink(isUp ? 'up' : 'down');
        this.#listener.link(isUp);
      }),
      engine.on('resynced', (report) => {
        this.#book.onResynced(report);
        // If it fails, the state stays old, and the book says so to whoever needs it.
        this.refresh().catch(() => undefined);
      }),
    );
  }

  async #snapshot(): Promise<void> {
    const engine = this.#engine;
    const [contracts, accounts, positions, orders, trades, ticks] = await Promise.all([
      engine.getAllContracts(),
      engine.getAllAccounts(),
      engine.getAllPositions(),
      engine.getAllOrders(),
      engine.getAllTrades(),
      engine.getAllTicks(),
    ]);
    for (const contract of contracts) this.#contracts.set(contract.vt_symbol, contract);
    for (const account of accounts) this.#addAccount(account);
    this.#book.snapshot({ contracts, accounts, positions, orders, trades });
    for (const tick of ticks) this.#book.onTick(tick, { arrivedAfterSubscribe: false });
    this.#book.onLink(this.#isUp ? 'up' : 'down');
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const event of early) this.#take(event);
  }

  #addAccount({ gateway_name: gateway, vt_accountid: account }: AccountData): void {
    const known = this.#accounts.get(gateway);
    if (known === undefined) this.#accounts.set(gateway, new Set([account]));
    else known.add(account);
  }

  /** After a resync the engine has what was missed: the book takes it whole, because positions may have moved. */
  async refresh(): Promise<void> {
    const [accounts, positions, orders, trades] = await Promise.all([
      this.#engine.getAllAccounts(),
      this.#engine.getAllPositions(),
      this.#engine.getAllOrders(),
      this.#engine.getAllTrades(),
    ]);
    this.#book.snapshot({ accounts, positions, orders, trades });
  }

  #take(event: Event): void {
    const item = event.type === EventType.TIMER ? undefined : classify(event.data);
    switch (item?.kind) {
      case 'tick':
        this.#book.onTick(item.data, { arrivedAfterSubscribe: true });
        break;
      case 'order':
        this.#book.onOrder(item.data);
        break;
      case 'trade':
        this.#book.onTrade(item.data);
        break;
      case 'position':
        this.#book.onPosition(item.data);
        break;
      case 'account':
        this.#addAccount(item.data);
        this.#book.onAccount(item.data);
        break;
      case 'contract':
        this.#contracts.set(item.data.vt_symbol, item.data);
        this.#book.onContract(item.data);
        break;
      case 'bar':
      case 'quote':
      case 'log':
      case undefined:
        break;
    }
    if (item !== undefined && CHANGES.has(item.kind)) this.#listener.changed();
  }
}
