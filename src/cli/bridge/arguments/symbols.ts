/**
 * Contracts, as the command line names them.
 *
 * @module
 */
import type { RpcClient } from '../../../rpc/index.js';
import { ContractData, Exchange, parseEnum } from '../../../vnpy/index.js';
import type { CommandContext } from '../../kit/command.js';
import { CliError, tell } from '../../kit/errors.js';
import { vtSymbol as parseVtSymbol } from '../../kit/parsers.js';

/** The parts of a vt_symbol. @throws {@link CliError} when it is none. */
export function splitVtSymbol(text: string): { readonly symbol: string; readonly exchange: Exchange } {
  try {
    parseVtSymbol(text);
  } catch (error) {
    throw new CliError('USAGE', (texts) => texts.wrongValue(JSON.stringify(text), '', tell(error, texts)), {
      cause: error,
    });
  }
  const dot = text.lastIndexOf('.');
  const exchange = parseEnum(Exchange, text.slice(dot + 1));
  if (exchange === undefined) {
    const names = Object.keys(Exchange).join(', ');
    throw new CliError('USAGE', (texts) => texts.noExchange(JSON.stringify(text), text.slice(dot + 1), names));
  }
  return { symbol: text.slice(0, dot), exchange };
}

/** The server's gateway that a contract came from. @throws {@link CliError} when the server does not know the contract. */
export async function gatewayOf({ signal }: CommandContext, client: RpcClient, vtSymbol: string): Promise<string> {
  const contract = await client.call('get_contract', [vtSymbol], { signal });
  if (contract instanceof ContractData) return contract.gateway_name;
  throw new CliError('REFUSED', (texts) => texts.noContract(vtSymbol));
}
