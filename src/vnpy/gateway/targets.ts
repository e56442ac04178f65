/**
 * Where a request goes: which of the server's gateways has a contract or an order.
 *
 * @module
 */
import { OrderData, SubscribeRequest } from '../data/index.js';
import type { CancelRequest, ContractData } from '../data/index.js';
import { Exchange, parseEnum } from '../enums/index.js';
import { subscribeRequestFor } from '../data/requests.js';
import { GatewayError } from '../errors.js';
import { REQUEST_OPTIONS } from './options.js';
import type { GatewayRename } from './rename.js';
import type { RequestOptions } from './types.js';

/** Finds the target of a request. */
export class Targets {
  readonly #contracts: ReadonlyMap<string, ContractData>;
  readonly #rename: GatewayRename | undefined;
  readonly #gatewayName: string;

  /** @param gatewayName - The name of the gateway here, which data have with `rename`. */
  constructor(contracts: ReadonlyMap<string, ContractData>, rename: GatewayRename | undefined, gatewayName: string) {
    this.#contracts = contracts;
    this.#rename = rename;
    this.#gatewayName = gatewayName;
  }

  /** The request that subscribes a symbol. */
  subscribeRequest(vtSymbol: string): SubscribeRequest {
    const contract = this.#contracts.get(vtSymbol);
    if (contract !== undefined) return subscribeRequestFor(contract);
    const dot = vtSymbol.lastIndexOf('.');
    const exchange = dot > 0 ? parseEnum(Exchange, vtSymbol.slice(dot + 1)) : undefined;
    if (exchange === undefined) throw this.#unknownSymbol(vtSymbol);
    return new SubscribeRequest({ symbol: vtSymbol.slice(0, dot), exchange });
  }

  /** The server's gateway that has a contract. */
  gatewayFor(vtSymbol: string, { gatewayName = '' }: RequestOptions): string {
    const own = this.#rename !== undefined && gatewayName === this.#gatewayName;
    if (gatewayName !== '' && !own) return gatewayName;
    const contract = this.#contracts.get(vtSymbol);
    if (contract === undefined) throw this.#unknownSymbol(vtSymbol);
    return this.#rename?.sourceOf(vtSymbol) ?? contract.gateway_name;
  }

  /** The server's gateway that has an order: which is not always the one that its contract came from. */
  gatewayOfOrder(order: CancelRequest | OrderData, options: RequestOptions): string {
    if (options.gatewayName === undefined && order instanceof OrderData)
      return this.#rename?.sourceOf(order.vt_orderid) ?? order.gateway_name;

    return this.gatewayFor(order.vt_symbol, options);
  }

  #unknownSymbol(vtSymbol: string): GatewayError {
    const begin = vtSymbol.slice(0, 2).toLowerCase();
    const near = [...this.#contracts.keys()].filter((key) => key.toLowerCase().startsWith(begin)).slice(0, 5);
    const known = `the server has ${this.#contracts.size} contracts`;
    return new GatewayError(
      'UNKNOWN_SYMBOL',
      `No contract ${JSON.stringify(vtSymbol)}: ${known}${near.length === 0 ? '' : `, ${near.join(', ')} for instance`}. ` +
        'A vt_symbol is symbol.EXCHANGE; if the server does know it, name the gateway',
    );
  }
}

/** The options of a request, of which the gateway's name can stand alone. */
export function optionsOf(target: string | RequestOptions): RequestOptions {
  return typeof target === 'string' ? { gatewayName: target } : REQUEST_OPTIONS.check(target);
}
