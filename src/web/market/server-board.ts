/**
 * The state of the way to one server, from evidence.
 *
 * @module
 */
import type { ClientStatus } from '../../rpc/index.js';
import type { ServerState } from '../schema/index.js';
import type { Server } from './source.js';

type LinkState = ServerState['links']['request'];

/** Looks at one server. */
export class ServerBoard {
  readonly #server: Server;
  /** ms since 1970. */
  readonly #now: () => number;
  /** Since when each thing is as it is. */
  readonly #since = new Map<string, { readonly value: string; readonly at: string }>();

  /** What the last snapshot failed with, until one succeeds: connected is not yet current. */
  #fault: string | undefined;
  readonly #ends: (() => void)[] = [];

  constructor(server: Server, now: () => number) {
    this.#server = server;
    this.#now = now;
    const { gateway } = server;
    if (gateway === undefined) return;
    this.#ends.push(
      gateway.on('error', ({ kind, message }) => {
        if (kind === 'snapshot') this.#fault = message;
      }),
      // Trades are asked for last.
      gateway.on('progress', ({ kind, phase }) => {
        if (kind === 'trade' && phase === 'done') this.#fault = undefined;
      }),
    );
  }

  /** Looks no more. */
  close(): void {
    for (const end of this.#ends.splice(0)) end();
  }

  /**
   * As it is now.
   *
   * @param gateways - The names of all gateways that are known: its own begin with its name.
   */
  state(gateways: readonly string[]): ServerState {
    const { name, gateway } = this.#server;
    const client = gateway?.status();
    const stats = gateway?.stats?.().client;
    const isIncomplete = client?.state === 'connected' && this.#fault !== undefined;
    const state = isIncomplete ? 'connecting' : stateOf(client);
    const lost = client?.state === 'disconnected' ? client : undefined;
    return {
      name,
      kind: gateway === undefined ? 'local' : 'vnpy',
      state,
      reason: lost?.reason ?? null,
      detail: lost?.detail ?? (isIncomplete ? (this.#fault ?? null) : null),
      since: this.#sinceWhen('state', `${state} ${lost?.reason ?? ''}`),
      links: {
        request: this.#link('request', client),
        publish: this.#link('subscribe', client),
        heartbeat_age: stats?.lastMessageAge ?? null,
      },
      reconnects: client?.state === 'connected' ? client.reconnects : (stats?.reconnects ?? 0),
      clock_offset: stats?.clockOffset ?? null,
      gateways: gateways.filter((each) => name === '' || each.startsWith(`${name}:`)),
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
    const at = new Date(this.#now()).toISOString();
    this.#since.set(name, { value, at });
    return at;
  }
}

function stateOf(client: ClientStatus | undefined): ServerState['state'] {
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
