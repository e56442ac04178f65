/**
 * The state of the way to the market, from evidence: what the gateway says of its connections, and when something came.
 *
 * @module
 */
import type { ClientStatus } from '../../rpc/index.js';
import type { Awaitable, TradingEngine } from '../../vnpy/index.js';
import type { Desk } from '../desk/desk.js';
import type { Status, Trading } from '../schema/index.js';
import type { Market } from './market.js';
import { gatewayOf } from './source.js';
import type { Gateway } from './source.js';

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
  readonly #gateway: Gateway | undefined;
  /** Since when each thing is as it is. */
  readonly #since = new Map<string, { readonly value: string; readonly at: string }>();

  constructor(parts: BoardParts) {
    this.#parts = parts;
    this.#gateway = gatewayOf(parts.engine);
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
    const client = this.#gateway?.status();
    const stats = this.#gateway?.stats?.().client;
    const [contracts, orders, trades] = await Promise.all([
      seen(() => view.getAllContracts()),
      seen(() => view.getAllOrders()),
      seen(() => view.getAllTrades()),
    ]);
    const state = stateOf(client);
    const lost = client?.state === 'disconnected' ? client : undefined;
    return {
      state,
      reason: lost?.reason ?? null,
      detail: lost?.detail ?? null,
      since: this.#sinceWhen('state', `${state} ${lost?.reason ?? ''}`),
      server_time: new Date(now()).toISOString(),
      epoch,
      links: {
        request: this.#link('request', client),
        publish: this.#link('subscribe', client),
        heartbeat_age: stats?.lastMessageAge ?? null,
        tick_age: market.age() ?? null,
      },
      server: {
        kind: this.#gateway === undefined ? 'local' : 'vnpy',
        reconnects: client?.state === 'connected' ? client.reconnects : (stats?.reconnects ?? 0),
        clock_offset: stats?.clockOffset ?? null,
      },
      gateways: [...new Set(contracts.map(({ gateway_name: name }) => name))].sort(),
      counts: {
        contracts: contracts.length,
        orders: orders.length,
        trades: trades.length,
        subscriptions: market.subscribed.size,
        clients: clients(),
      },
      stale: this.#gateway?.staleSymbols?.() ?? market.stale(staleAfter),
      trading: this.trading(),
    };
  }

  #link(endpoint: 'request' | 'subscribe', client: ClientStatus | undefined): LinkState {
    const isDown = client?.state === 'disconnected' && (client.endpoint === endpoint || client.endpoint === 'request');
    const isUp = client === undefined || client.state === 'connected' || (client.state === 'disconnected' && !isDown);
    const state = isUp ? 'up' : isDown || client.state === 'stopped' ? 'down' : 'unknown';
    const address = client?.state === 'disconnected' && client.endpoint === endpoint ? client.address : null;
    return { state, since: this.#sinceWhen(endpoint, state), address };
  }

  #sinceWhen(name: string, value: string): string {
    const before = this.#since.get(name);
    if (before?.value === value) return before.at;
    const at = new Date(this.#parts.now()).toISOString();
    this.#since.set(name, { value, at });
    return at;
  }
}

/** Who may not ask for something sees none of it, and its status all the same. */
async function seen<Data>(ask: () => Awaitable<readonly Data[]>): Promise<readonly Data[]> {
  try {
    return await ask();
  } catch {
    return [];
  }
}

function stateOf(client: ClientStatus | undefined): Status['state'] {
  switch (client?.state) {
    case undefined:
    case 'connected':
      return 'connected';
    case 'idle':
    case 'connecting':
      return 'connecting';
    case 'disconnected':
      return 'disconnected';
    case 'stopped':
      return 'stopped';
  }
}
