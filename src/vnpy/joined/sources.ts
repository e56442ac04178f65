/**
 * From which server the ticks of a symbol are.
 *
 * @module
 */
import type { JoinedServer } from './server.js';

interface Choice {
  readonly server: JoinedServer;
  /** Somebody here asked for it; otherwise its tick was the first to come. */
  readonly isAsked: boolean;
}

/** One server for each symbol: volumes and turnovers of two do not mix. */
export class Sources {
  readonly #servers: readonly JoinedServer[];
  readonly #chosen = new Map<string, Choice>();

  /** @param servers - The first of them that has a contract has it where nothing was chosen. */
  constructor(servers: readonly JoinedServer[]) {
    this.#servers = servers;
  }

  /** Somebody subscribes a symbol at a server. The first time counts, unless that server is down. */
  subscribed(vtSymbol: string, server: JoinedServer): void {
    const before = this.#chosen.get(vtSymbol);
    const stays = before?.isAsked === true && (before.server.isUp || !server.isUp);
    if (!stays) this.#chosen.set(vtSymbol, { server, isAsked: true });
  }

  /** A tick has come from a server. @returns Whether it is the symbol's. */
  isFrom(vtSymbol: string, server: JoinedServer): boolean {
    const chosen = this.#chosen.get(vtSymbol);
    if (chosen === undefined) this.#chosen.set(vtSymbol, { server, isAsked: false });
    return chosen === undefined || chosen.server === server;
  }

  /** The server of a symbol: the first of all where none has it. */
  of(vtSymbol: string): JoinedServer | undefined {
    const chosen = this.#chosen.get(vtSymbol)?.server;
    return chosen ?? this.#servers.find((server) => server.hasContract(vtSymbol)) ?? this.#servers[0];
  }
}
