/**
 * Gives a server's data the name of the gateway here, as Python's RpcGateway does, and remembers the server's own name.
 *
 * @module
 */
import type { KindedData } from '../kinds.js';

/** The attributes that begin with the gateway's name. */
const IDS = ['vt_orderid', 'vt_tradeid', 'vt_positionid', 'vt_accountid', 'vt_quoteid'] as const;

/** Renames what comes from a server. */
export class GatewayRename {
  /** The server's gateway of each contract, order and quote, by its name here: where requests for it must go. */
  readonly #sources = new Map<string, string>();
  readonly #gatewayName: string;

  constructor(gatewayName: string) {
    this.#gatewayName = gatewayName;
  }

  /** Changes `item` in place: it was decoded a moment ago and nobody else has it. */
  apply(item: KindedData): void {
    const data = item.data as unknown as Record<string, unknown>;
    const source = data['gateway_name'];
    if (typeof source !== 'string' || source === this.#gatewayName) return;
    data['gateway_name'] = this.#gatewayName;
    for (const name of IDS) {
      const id = data[name];
      if (typeof id === 'string') data[name] = this.id(id, source);
    }
    if (item.kind === 'contract') this.#sources.set(item.data.vt_symbol, source);
    if (item.kind === 'order') this.#sources.set(item.data.vt_orderid, source);
    if (item.kind === 'quote') this.#sources.set(item.data.vt_quoteid, source);
  }

  /**
   * `CTP.3` → `RPC.3`. A gateway's name may contain dots, and so may an order's id.
   *
   * @param source - The server's gateway; where it is not known, the name ends at the first dot.
   */
  id(vtId: string, source: string): string {
    const known = vtId.startsWith(`${source}.`);
    return `${this.#gatewayName}.${known ? vtId.slice(source.length + 1) : vtId.slice(vtId.indexOf('.') + 1)}`;
  }

  /** The server's gateway that has the contract, order or quote. */
  sourceOf(vtId: string): string | undefined {
    return this.#sources.get(vtId);
  }

  /** A gateway of the server's has taken an order: it has the id now. */
  taken(vtId: string, source: string): void {
    this.#sources.set(vtId, source);
  }

  /** The server has lost the order. */
  forget(vtId: string): void {
    this.#sources.delete(vtId);
  }
}
