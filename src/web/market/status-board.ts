/**
 * The state of the way to the market, from evidence: what the gateway says of its connections, and when something came.
 *
 * @module
 */
import type { Awaitable, TradingEngine } from '../../vnpy/index.js';
import type { Desk } from '../desk/desk.js';
import type { Status, Trading } from '../schema/index.js';
import type { Market } from './market.js';
import { ServerBoard } from './server-board.js';
import { serversOf } from './source.js';
import type { Server } from './source.js';

/** What a board looks at. */
export interface BoardParts {
  readonly engine: TradingEngine;
  readonly desk: Desk;
  readonly market: Market;
  readonly epoch: string;
  readonly isTrading: boolean;
  readonly staleAfter: number;
  /** ms since 1970. */
  readonly now: () => number;
  readonly clients: () => number;
}

type LinkState = Status['links']['request'];

/** Makes the answer to "is what I see current?". */
export class StatusBoard {
  readonly #parts: BoardParts;
  readonly #sources: readonly Server[];
  readonly #servers: readonly ServerBoard[];

  constructor(parts: BoardParts) {
    this.#parts = parts;
    this.#sources = serversOf(parts.engine);
    this.#servers = this.#sources.map((server) => new ServerBoard(server, parts.now));
  }

  /** Whether orders may be sent here, and what is halted. */
  trading(): Trading {
    const halts = this.#parts.desk.halts();
    const all = halts.find(({ scope, level }) => scope === 'all' && level === 'halt');
    return {
      enabled: this.#parts.isTrading,
      halted: all !== undefined,
      by: all?.by ?? null,
      since: all?.since ?? null,
      halts: [...halts],
      halts_kept: this.#parts.desk.keepsHalts,
    };
  }

  /** As it is now. */
  async status(view: TradingEngine): Promise<Status> {
    const { market, staleAfter, epoch, now, clients } = this.#parts;
    const [contracts, accounts, orders, trades] = await Promise.all([
      seen(() => view.getAllContracts()),
      seen(() => view.getAllAccounts()),
      seen(() => view.getAllOrders()),
      seen(() => view.getAllTrades()),
    ]);
    const gateways = [...new Set([...contracts, ...accounts].map(({ gateway_name: name }) => name))].sort();
    const servers = this.#servers.map((server) => server.state(gateways));
    const worst = least(servers, ({ state }) => WORST.indexOf(state));
    const { name, state, reason, detail, since } = worst;
    return {
      ...{ state, reason, since },
      detail: detail === null || name === '' ? detail : `${name}: ${detail}`,
      server_time: new Date(now()).toISOString(),
      epoch,
      links: {
        request: bestLink(servers.map(({ links }) => links.request)),
        publish: bestLink(servers.map(({ links }) => links.publish)),
        heartbeat_age: youngest(servers.map(({ links }) => links.heartbeat_age)),
        tick_age: market.age() ?? null,
      },
      server: {
        kind: servers.every(({ kind }) => kind === 'local') ? 'local' : 'vnpy',
        reconnects: servers.reduce((sum, { reconnects }) => sum + reconnects, 0),
        clock_offset: servers.length === 1 ? worst.clock_offset : null,
      },
      servers,
      gateways,
      counts: {
        contracts: contracts.length,
        orders: orders.length,
        trades: trades.length,
        subscriptions: market.subscribed.size,
        clients: clients(),
      },
      stale: this.#stale ?? market.stale(staleAfter),
      trading: this.trading(),
    };
  }

  /** Looks no more. */
  close(): void {
    for (const server of this.#servers) server.close();
  }

  /** What the gateways say themselves; undefined where none does. With several, their ticks are chosen here. */
  get #stale(): string[] | undefined {
    const [only, ...others] = this.#sources;
    return others.length === 0 ? only?.gateway?.staleSymbols?.() : undefined;
  }
}

/** The worst first. */
const WORST: readonly Status['state'][] = ['disconnected', 'stopped', 'connecting', 'connected'];

/** The best first. */
const BEST: readonly LinkState['state'][] = ['up', 'unknown', 'down'];

function bestLink(links: readonly LinkState[]): LinkState {
  return least(links, ({ state }) => BEST.indexOf(state));
}

function youngest(ages: readonly (number | null)[]): number | null {
  const known = ages.filter((age) => age !== null);
  return known.length === 0 ? null : Math.min(...known);
}

/** The first of those with the least rank. There is one server at least. */
function least<Item>(items: readonly Item[], rank: (item: Item) => number): Item {
  return items.reduce((best, item) => (rank(item) < rank(best) ? item : best));
}

/** Who may not ask for something sees none of it, and its status all the same. */
async function seen<Data>(ask: () => Awaitable<readonly Data[]>): Promise<readonly Data[]> {
  try {
    return await ask();
  } catch {
    return [];
  }
}
